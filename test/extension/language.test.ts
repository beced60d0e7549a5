import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activated } from './support/activated.ts';
import { trusted } from './support/trust.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: first
    input: one
    tags: [red]
  - id: second
    input: two
    expected_output:
      expected_concept: [x]
  - id: first
    input: three
`;

/** Resolves with the problems of a file when they are `count`. */
async function problemsOf(uri: vscode.Uri, count: number): Promise<vscode.Diagnostic[]> {
  const found = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Touchstone');
  return new Promise((resolve) => {
    const look = (): void => {
      if (found().length !== count) return;
      listener.dispose();
      resolve(found());
    };
    const listener = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
}

const shown = ({ code, range: { start, end } }: vscode.Diagnostic) =>
  `${code} ${start.line}:${start.character}-${end.line}:${end.character}`;

async function open(name: string): Promise<vscode.TextDocument> {
  const file = path.join(workspaceRoot(), name);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  // The editor may not have seen yet that an earlier test put the file back.
  if (document.getText() !== readFileSync(file, 'utf8'))
    await vscode.commands.executeCommand('workbench.action.files.revert');
  return document;
}

function placeOf(document: vscode.TextDocument, text: string): vscode.Position {
  return document.positionAt(document.getText().indexOf(text) + 1);
}

describe('language features', () => {
  let restore = () => {};
  before(activated);
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restore();
    restore = () => {};
  });

  it('show problems at their exact range as one types, and clear them on close', async () => {
    restore = writeWorkspace({ 'lang.golden.yaml': DATASET });
    const uri = vscode.Uri.file(path.join(workspaceRoot(), 'lang.golden.yaml'));
    // What a test opens itself stays open for minutes after its tab is gone.
    await vscode.commands.executeCommand('vscode.open', uri);
    assert.deepEqual((await problemsOf(uri, 2)).map(shown).sort(), [
      'duplicate-case-id 10:8-10:13',
      'near-miss-field 9:6-9:22',
    ]);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(3, 0), '# moved\n');
    edit.replace(uri, new vscode.Range(10, 8, 10, 13), 'third');
    await vscode.workspace.applyEdit(edit);
    const [left] = await problemsOf(uri, 1);
    assert.equal(left && shown(left), 'near-miss-field 10:6-10:22');
    assert.equal(left?.severity, vscode.DiagnosticSeverity.Warning);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await problemsOf(uri, 0);
  });

  it('follow everything that is typed, one change after the other', async () => {
    restore = writeWorkspace({ 'lang.golden.yaml': DATASET });
    const document = await open('lang.golden.yaml');
    await problemsOf(document.uri, 2);
    const editor = vscode.window.activeTextEditor;
    for (const [line, word] of [
      [10, 'a'],
      [6, 'bb'],
      [3, 'ccc'],
    ] as const)
      await editor?.edit((builder) => builder.insert(new vscode.Position(line, 8), `${word}-`));
    await editor?.edit((builder) => {
      builder.replace(new vscode.Range(9, 6, 9, 22), 'expected_concepts');
      builder.insert(new vscode.Position(0, 0), '# one\n');
      builder.insert(new vscode.Position(2, 0), '# two\n');
    });
    await problemsOf(document.uri, 0);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.deepEqual(
      symbols.map(({ name, range }) => [name, range.start.line]),
      [
        ['ccc-first', 5],
        ['bb-second', 8],
        ['a-first', 12],
      ],
    );
  });

  it('offer fixes that leave a clean file', async () => {
    restore = writeWorkspace({ 'lang.golden.yaml': DATASET });
    const document = await open('lang.golden.yaml');
    const problems = await problemsOf(document.uri, 2);
    for (const { range, code } of problems) {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const action = actions.find(({ isPreferred }) => isPreferred);
      assert.ok(action?.edit, `nothing mends ${String(code)}`);
      await vscode.workspace.applyEdit(action.edit);
    }
    await problemsOf(document.uri, 0);
    assert.match(document.getText(), /expected_concepts: \[x\]\n {2}- id: first-2\n/);
  });

  it('check a configuration against the files that are there', async () => {
    const config = (dataset: string) =>
      `suites:\n  a:\n    dataset: ${dataset}\n    targets: [{ echo: true }]\n    gate: { min_pass_rate: 1 }\n`;
    restore = writeWorkspace({ 'touchstone.yaml': config('new.golden.yaml') });
    const document = await open('touchstone.yaml');
    const [missing] = await problemsOf(document.uri, 1);
    assert.equal(missing && shown(missing), 'missing-file 2:13-2:28');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      missing?.range,
    );
    assert.ok(actions.some(({ title }) => title === 'Create "new.golden.yaml"'));
  });

  it('lead from a suite to its files', async () => {
    const document = await open('touchstone.yaml');
    const at = placeOf(document, 'support.golden.yaml');
    const found = await vscode.commands.executeCommand<vscode.LocationLink[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      at,
    );
    const targets = found.map(({ targetUri }) => path.basename(targetUri.fsPath));
    assert.deepEqual(targets, ['support.golden.yaml']);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    const linked = new Set(links.map(({ target }) => path.basename(target?.fsPath ?? '')));
    assert.ok(linked.has('main.mjs') && linked.has('legacy.golden.yaml'));
  });

  it('outline suites and prompts', async () => {
    const outline = async (name: string) => {
      const { uri } = await open(name);
      const found = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        uri,
      );
      return found.map(({ name: own, children }) => [own, children.map((child) => child.name)]);
    };
    assert.deepEqual(await outline('touchstone.yaml'), [
      ['support', ['agent']],
      ['versions', ['v1', 'v2']],
      ['legacy', ['agent']],
    ]);
    assert.deepEqual(
      (await outline('prompts/answer.prompty')).map(([role]) => role),
      ['system', 'user'],
    );
  });

  it('put Run above cases, suites and prompts where the workspace is trusted', async () => {
    const lenses = async (name: string) => {
      const { uri } = await open(name);
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
        3,
      );
      return found.flatMap(({ command }) =>
        command?.title.includes('Run') ? [[command.command, command.arguments]] : [],
      );
    };
    const [suite, ...others] = await lenses('touchstone.yaml');
    assert.deepEqual(suite, trusted ? ['touchstone.runSuite', [{ suite: 'support' }]] : undefined);
    assert.equal(others.length, trusted ? 2 : 0);
    const file = path.join(workspaceRoot(), 'prompts', 'answer.prompty');
    const [prompt] = await lenses('prompts/answer.prompty');
    assert.deepEqual(prompt, trusted ? ['touchstone.runPrompt', [{ path: file }]] : undefined);
    const cases = await lenses('support.golden.yaml');
    assert.equal(cases.length > 10, trusted);
    if (trusted) assert.equal(cases[0]?.[0], 'touchstone.runCases');
  });

  it('complete and explain, from the schemas and the workspace', async () => {
    restore = writeWorkspace({ 'lang.golden.yaml': `${DATASET}    \n` });
    const dataset = await open('lang.golden.yaml');
    const offered = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      dataset.uri,
      new vscode.Position(dataset.lineCount - 2, 4),
    );
    const fields = offered.items.filter(({ kind }) => kind === vscode.CompletionItemKind.Property);
    const labels = fields.map(({ label }) => label);
    assert.ok(labels.includes('complexity') && !labels.includes('input'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      dataset.uri,
      placeOf(dataset, 'expected_output'),
    );
    const text = hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value);
    assert.match(text.join('\n'), /good output/);
  });

  it('stay quick in a dataset of 20,000 cases: lenses only where one looks', async function () {
    this.timeout(120_000);
    const cases = Array.from({ length: 20_000 }, (_, index) => `{"id":"case-${index}","input":"x"}\n`);
    restore = writeWorkspace({
      'large.golden.jsonl': `{"schema_version":"2.0.0","version":"1.0.0"}\n${cases.join('')}`,
    });
    const { uri } = await open('large.golden.jsonl');
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
    );
    assert.ok(found.length < 500);
    assert.equal(found.length > 10, trusted);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    assert.equal(symbols.length, 5_000);
  });

  it('check a large YAML file in a thread of its own', async function () {
    this.timeout(120_000);
    const cases = Array.from(
      { length: 6_000 },
      (_, index) => `  - id: case-${index}\n    input: a long question\n`,
    );
    restore = writeWorkspace({ 'large.golden.yaml': `${DATASET}${cases.join('')}` });
    const { uri } = await open('large.golden.yaml');
    assert.equal((await problemsOf(uri, 2)).length, 2);
  });
});
