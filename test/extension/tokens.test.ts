import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EngineClient } from '../../src/ui/engine/engineClient.ts';
import { activated } from './support/activated.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

const PROMPT = `---
name: counted
model: { id: gpt-4o }
---
system:
You answer questions about orders.

user:
{{question}}
`;
const WORKSPACE = {
  'touchstone.yaml': `suites:
  counted:
    dataset: counted.golden.yaml
    targets: [{ name: counted, prompt: counted.prompty }]
    evaluators: [{ contains: hello }]
`,
  'counted.prompty': PROMPT,
  'plain.txt': 'hello world, hello world',
  'counted.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: hello hello hello }]\n',
};

describe('tokens in the editor', () => {
  let engine: EngineClient;
  let restore: (() => void) | undefined;

  before(async () => {
    ({ engine } = await activated());
    restore = writeWorkspace(WORKSPACE);
    await engine.call('workspace/list', {});
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restore?.();
  });

  it('stand above the prompt and above each message, and follow edits', async () => {
    const document = await open('counted.prompty');
    const counted = await tokensOf(engine, document);
    const before = await titles(document.uri);
    assert.ok(before[0]?.title.startsWith(`${counted} tokens · $`), before[0]?.title);
    assert.match(before[0]?.title ?? '', /% of 128K/);
    assert.deepEqual(before.map(({ line, title }) => [line, title.split(':')[0]]).slice(1), [
      [4, 'system'],
      [7, 'user'],
    ]);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(5, 0), 'Be brief and kind to everybody. ');
    await vscode.workspace.applyEdit(edit);
    const more = await tokensOf(engine, document);
    assert.ok(more > counted);
    assert.ok((await titles(document.uri))[0]?.title.startsWith(`${more} tokens`));
    await vscode.commands.executeCommand('undo');
  });

  it('are broken down on hover, by part and by model', async () => {
    const document = await open('counted.prompty');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(0, 0),
    );
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n');
    assert.match(text, /\| system \| \d+ \|/);
    assert.match(text, /typical variables, in addition/);
    assert.match(text, /gpt\\?-4o/);
    assert.match(text, /\$0\.\d+/);
  });

  it('tell behind a variable how long its values are', async () => {
    const document = await open('counted.prompty');
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
    );
    assert.deepEqual(
      hints.map(({ label, position }) => [label, position.line]),
      [['≈ 3', 8]],
    );
  });

  it('say nothing in a text that is no prompt', async () => {
    const document = await open('plain.txt');
    assert.deepEqual(await titles(document.uri), []);
  });
});

async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(path.join(workspaceRoot(), name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Lenses about tokens, in the order of the text. */
async function titles(uri: vscode.Uri): Promise<{ line: number; title: string }[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
  );
  return lenses
    .filter(({ command }) => command?.command === 'touchstone.showTokens')
    .map(({ range, command }) => ({ line: range.start.line, title: command?.title ?? '' }));
}

async function tokensOf(engine: EngineClient, document: vscode.TextDocument): Promise<number> {
  const opened = { path: document.uri.fsPath, text: document.getText(), model: null };
  return (await engine.call('token/prompt', opened))?.total.tokens ?? 0;
}
