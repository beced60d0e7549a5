import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension.ts';
import type { ProposedEdits } from '../../src/ui/datasets/editPreview.ts';
import { FileEdits } from '../../src/ui/edits/fileEdits.ts';
import { OpenDocuments } from '../../src/ui/language/openDocuments.ts';
import { Output } from '../../src/ui/output/output.ts';
import { activated } from './support/activated.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: a
    input: one
  - id: b
    input: two
`;

/** An edit that names a line by what stands in it, as the text has it. */
function renaming(from: string, to: string): (text: string) => Promise<ProposedEdits> {
  return async (text) => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.endsWith(`id: ${from}`));
    const column = (lines[at]?.length ?? 0) + 1 - from.length;
    const edit = { line: at + 1, column, endLine: at + 1, endColumn: column + from.length, text: to };
    return { edits: at < 0 ? [] : [edit], title: `Rename ${from}` };
  };
}

function previews(): vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputTextDiff ? [input.modified] : []))
    .filter(({ scheme }) => scheme === 'touchstone-preview');
}

async function type(document: vscode.TextDocument, line: number, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(line, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

describe('edits of files', () => {
  let api: Api;
  let document: vscode.TextDocument;
  let restore: (() => void) | undefined;

  before(async () => {
    api = await activated();
    restore = writeWorkspace({});
  });
  beforeEach(async () => {
    const file = path.join(workspaceRoot(), 'edited.golden.yaml');
    writeFileSync(file, DATASET);
    document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    if (document.getText() !== DATASET) await vscode.commands.executeCommand('workbench.action.files.revert');
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('touchstone.discardEdit');
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => {
    restore?.();
    rmSync(path.join(workspaceRoot(), 'edited.golden.yaml'), { force: true });
  });

  it('that were shown are worked out anew when the file has changed, and shown again', async () => {
    await api.preview.show(document.uri, renaming('b', 'second'));
    const [shown] = previews();
    await type(document, 0, '# typed\n');
    await vscode.commands.executeCommand('touchstone.applyEdit', shown);
    assert.equal(document.getText(), `# typed\n${DATASET}`, 'nothing is changed that was not shown');

    const [again] = previews();
    assert.ok(again && again.toString() !== shown?.toString());
    await vscode.commands.executeCommand('touchstone.applyEdit', again);
    assert.equal(document.getText(), `# typed\n${DATASET.replace('id: b', 'id: second')}`);
    assert.equal(document.isDirty, true, 'what was typed and not saved stays unsaved');
  });

  it('are applied by their own buttons alone', async () => {
    await api.preview.show(document.uri, renaming('a', 'first'));
    const [older] = previews();
    await api.preview.show(document.uri, renaming('b', 'second'));
    await vscode.commands.executeCommand('touchstone.applyEdit', older);
    assert.doesNotMatch(document.getText(), /second/);
  });

  it('are saved with the file where it was saved before', async () => {
    await api.preview.show(document.uri, renaming('b', 'second'));
    await vscode.commands.executeCommand('touchstone.applyEdit', document.uri);
    assert.equal(readFileSync(document.uri.fsPath, 'utf8'), DATASET.replace('id: b', 'id: second'));
    assert.deepEqual(previews(), []);
  });

  it('that are made at once come out one after the other, whatever is typed meanwhile', async () => {
    const edits = new FileEdits();
    const slowly = (from: string, to: string) => async (text: string) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return renaming(from, to)(text);
    };
    const both = [
      edits.edit(document.uri.fsPath, slowly('b', 'second')),
      edits.edit(document.uri.fsPath, slowly('a', 'first')),
    ];
    await type(document, 0, '# typed\n');
    assert.deepEqual(await Promise.all(both), [true, true]);
    const wanted = DATASET.replace('id: a', 'id: first').replace('id: b', 'id: second');
    assert.equal(document.getText(), `# typed\n${wanted}`);
  });

  it('reach the engine after a change of all line ends', async () => {
    const documents = new OpenDocuments(api.engine, new Output());
    const token = new vscode.CancellationTokenSource().token;
    const names = async () =>
      (await documents.ask('language/symbols', document, {}, token))?.symbols.map(({ name }) => name);
    assert.deepEqual(await names(), ['a', 'b']);
    const ends = new vscode.WorkspaceEdit();
    ends.set(document.uri, [vscode.TextEdit.setEndOfLine(vscode.EndOfLine.CRLF)]);
    await vscode.workspace.applyEdit(ends);
    assert.equal(document.eol, vscode.EndOfLine.CRLF);
    const typed = new vscode.WorkspaceEdit();
    typed.insert(document.uri, document.positionAt(document.getText().indexOf('id: b') + 5), 'ee');
    await vscode.workspace.applyEdit(typed);
    assert.deepEqual(await names(), ['a', 'bee']);
    documents.dispose();
  });
});
