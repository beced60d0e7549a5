import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { activated } from './support/activated.ts';
import { trusted } from './support/trust.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

const CASES = 24;

const prompt = (text: string) => `---\nname: ask\n---\nuser:\n${text} {{text}}\n`;

const FILES = {
  'touchstone.yaml': `suites:
  polite:
    dataset: asked.golden.jsonl
    targets: [{ name: prompt, echo: ask.prompty }]
    evaluators: [{ contains: please }]
`,
  'asked.golden.jsonl': `${[
    '{"schema_version":"2.0.0","version":"1.0.0"}',
    ...Array.from({ length: CASES }, (_, at) =>
      JSON.stringify({ id: `c${at}`, input: { text: `hello ${at}` } }),
    ),
  ].join('\n')}\n`,
  'ask.prompty': prompt('please echo'),
};

describe('comparing in the editor', () => {
  if (!trusted) return;
  let restore: (() => void) | undefined;
  let api: Api;

  before(async () => {
    api = await activated();
    restore = writeWorkspace(FILES);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restore?.();
  });

  async function run(): Promise<string> {
    const [finished] = await api.runs.start({ suite: 'polite' });
    assert.ok(finished);
    return finished.run.runId;
  }

  function tabs(): string[] {
    return vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
  }

  it('compares two runs, the older one as the baseline, whichever is named first', async () => {
    const older = await run();
    writeFileSync(path.join(workspaceRoot(), 'ask.prompty'), prompt('echo'));
    const newer = await run();
    const selected = [{ runId: newer }, { runId: older }];
    const verdicts = await vscode.commands.executeCommand('touchstone.compareRuns', selected[0], selected);
    assert.deepEqual(verdicts, ['worse']);
    const title = `polite: run ${older} ↔ run ${newer}`;
    await eventually(() => assert.ok(tabs().includes(title), tabs().join()));
  });

  it('offers to compare above a prompt', async () => {
    const file = vscode.Uri.file(path.join(workspaceRoot(), 'ask.prompty'));
    await vscode.workspace.openTextDocument(file);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file,
    );
    const found = lenses
      .map(({ command }) => command)
      .find((one) => one?.title.includes('Compare with HEAD'));
    assert.deepEqual(found?.arguments, [{ path: file.fsPath }]);
  });

  it('shows both sides of a comparison as documents, and nothing for an address from elsewhere', async () => {
    const uri = vscode.Uri.from({
      scheme: 'touchstone-comparison',
      path: '/x.txt',
      query: '{"kind":"file"}',
    });
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri));
  });
});
