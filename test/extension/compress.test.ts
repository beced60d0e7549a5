import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activated } from './support/activated.ts';
import { itTrusted } from './support/trust.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

const PROMPT = `---
name: wordy
model: { id: gpt-4o }
---
system:
In order to help, read the question about the order.
Prior to answering the question, read the policy; you must never guess.

user:
{{question}}
`;

const WORKSPACE = {
  'touchstone.yaml': `suites:
  wordy:
    dataset: wordy.golden.yaml
    targets: [{ name: wordy, echo: wordy.prompty }, { name: plain, echo: plain.txt }]
    evaluators: [{ contains: never guess }]
`,
  'wordy.prompty': PROMPT,
  'plain.txt': 'In order to answer, read the policy about {{question}}.\n',
  'notes.txt': 'In order to answer, read the policy.\n',
  'wordy.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: { question: x } }]\n',
};

describe('compression in the editor', () => {
  let restore: (() => void) | undefined;
  let document: vscode.TextDocument;

  before(async () => {
    const { engine } = await activated();
    restore = writeWorkspace(WORKSPACE);
    await engine.call('workspace/list', {});
    document = await vscode.workspace.openTextDocument(path.join(workspaceRoot(), 'wordy.prompty'));
    await vscode.window.showTextDocument(document);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    restore?.();
  });

  it('fades what says nothing, as a hint and not as a problem', async () => {
    const found = await hints(document, (list) => list.length > 1);
    for (const { severity, tags, source } of found) {
      assert.equal(severity, vscode.DiagnosticSeverity.Hint);
      assert.deepEqual([tags, source], [[vscode.DiagnosticTag.Unnecessary], 'Touchstone']);
    }
    assert.ok(found.some(({ range }) => document.getText(range).includes('Prior to')));
  });

  it('offers each level with what it saves, for the whole and for a selection', async () => {
    const whole = await actions(document, new vscode.Range(5, 0, 5, 0), 'refactor.rewrite.compress');
    assert.ok(whole.some(({ title }) => /^Compress \(safe −\d+ %\)$/.test(title)));
    assert.ok(whole.some(({ title }) => title === 'Compress to a Token Target…'));
    const selection = new vscode.Range(6, 0, 7, 0);
    const some = await actions(document, selection, 'refactor.rewrite.compress');
    assert.ok(some.some(({ title }) => /^Compress Selection \(safe −\d+ %\)$/.test(title)));
  });

  it('helps with a text that a suite names as a prompt, and with no other', async () => {
    const open = (name: string) => vscode.workspace.openTextDocument(path.join(workspaceRoot(), name));
    const plain = await open('plain.txt');
    await hints(plain, (list) => list.length === 1);
    const start = new vscode.Range(0, 0, 0, 0);
    const offered = await actions(plain, start, 'refactor.rewrite.compress');
    assert.ok(offered.some(({ title }) => title.startsWith('Compress (safe −')));
    assert.deepEqual(await actions(await open('notes.txt'), start, 'refactor.rewrite.compress'), []);
  });

  it('offers to fix all of a kind once, however many places are selected', async () => {
    await fixOnceThere(document, 'Shorten: ');
    const fixes = await actions(document, new vscode.Range(5, 0, 7, 0), 'quickfix');
    assert.equal(fixes.filter(({ title }) => title.startsWith('Shorten: Filler')).length, 2);
    assert.equal(fixes.filter(({ title }) => title.startsWith('Fix All of This Kind: Filler')).length, 1);
  });

  it('fixes one place, with one step of undo', async () => {
    const fix = await fixOnceThere(document, 'Shorten: ');
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.doesNotMatch(document.getText(), /Prior to/);
    assert.match(document.getText(), /must never guess/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), PROMPT);
  });

  it('leaves alone what is to be ignored', async () => {
    const found = await hints(document, (list) => list.length > 1);
    const ignore = await fixOnceThere(document, 'Ignore Here');
    assert.ok(ignore.command);
    await vscode.commands.executeCommand(ignore.command.command, ...(ignore.command.arguments ?? []));
    const left = await hints(document, (list) => list.length < found.length);
    assert.ok(!left.some(({ range }) => range.start.line === 6 && range.start.character === 0));
  });

  itTrusted('verifies a compression before it is offered, and leaves the file as it is', async () => {
    await vscode.commands.executeCommand('touchstone.compressAndVerify', { path: document.uri.fsPath });
    const [tab] = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff);
    assert.match(tab?.label ?? '', /^wordy\.prompty: Compress from \d+ to \d+ tokens \([^)]*%\)$/);
    assert.equal(document.getText(), PROMPT);
    await vscode.commands.executeCommand('touchstone.discardEdit');
    document = (await vscode.window.showTextDocument(document.uri)).document;
  });
});

/** A quick fix of the second sentence: there are none until the document, as it is now, was looked at. */
async function fixOnceThere(document: vscode.TextDocument, title: string): Promise<vscode.CodeAction> {
  for (;;) {
    const changed = nextHints(document);
    const fixes = await actions(document, new vscode.Range(6, 1, 6, 1), 'quickfix');
    const found = fixes.find((fix) => fix.title.startsWith(title));
    if (found) return found;
    await changed;
  }
}

/** Resolves with the next change of what is shown in the document. */
function nextHints({ uri }: vscode.TextDocument): Promise<void> {
  return new Promise((resolve) => {
    const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some((changed) => changed.toString() === uri.toString())) return;
      listener.dispose();
      resolve();
    });
  });
}

async function hints(
  document: vscode.TextDocument,
  meets: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  const read = () =>
    vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ tags }) => tags?.includes(vscode.DiagnosticTag.Unnecessary));
  for (;;) {
    const found = read();
    if (meets(found)) return found;
    await nextHints(document);
  }
}

async function actions(
  { uri }: vscode.TextDocument,
  range: vscode.Range,
  kind: string,
): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, range, kind);
}
