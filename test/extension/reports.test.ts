import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { FileEdits } from '../../src/ui/edits/fileEdits.ts';
import type { EngineClient } from '../../src/ui/engine/engineClient.ts';
import { labelOf, writeLabel } from '../../src/ui/report/outputLabel.ts';
import { caseLines } from '../engineProcess/workspaces.ts';
import { activated } from './support/activated.ts';
import { trusted } from './support/trust.ts';
import { writeWorkspace } from './support/workspace.ts';

const WORKSPACE = {
  'touchstone.yaml': `suites:
  shown:
    dataset: shown.golden.jsonl
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: right }]
`,
  'shown.golden.jsonl': caseLines(4),
};

describe('reports', () => {
  if (!trusted) return;
  let engine: EngineClient;
  let restore: (() => void) | undefined;
  let runId = '';

  before(async () => {
    ({ engine } = await activated());
    await engine.restart();
    restore = writeWorkspace(WORKSPACE);
    const ended = new Promise<void>((resolve) => {
      const listener = engine.on('run/finished', () => {
        listener.dispose();
        resolve();
      });
    });
    [runId = ''] = (await engine.call('run/start', { suite: 'shown' })).runIds;
    await ended;
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restore?.();
  });

  it('open one panel for each run, named after its suite', async () => {
    await vscode.commands.executeCommand('touchstone.openReport', { runId });
    await vscode.commands.executeCommand('touchstone.openReport', { runId, caseId: 'case-1' });
    const panels = await tabs((found) => found.some(({ label }) => label === 'shown'));
    assert.equal(panels.length, 1);
  });

  it('write a label of an output into its case, where the next report finds it', async () => {
    const { results } = await engine.call('run/details', { runId, caseIndexes: [1] });
    const [result] = results;
    assert.ok(result);
    assert.equal(await labelOf(engine, result), null);
    const ports = { engine, fileEdits: new FileEdits() };
    const label = { pass: false, note: 'not polite' };
    await writeLabel(ports, result, label);
    assert.deepEqual(await labelOf(engine, result), label);
    await writeLabel(ports, result, null);
    assert.equal(await labelOf(engine, result), null);
    const [elsewhere] = (await engine.call('run/details', { runId, caseIndexes: [0] })).results;
    assert.ok(elsewhere);
    assert.equal(await labelOf(engine, { ...elsewhere, location: null }), undefined);
  });

  it('show what was expected and what came back as documents', async () => {
    const [row] = (await engine.call('run/results', { runId })).rows;
    assert.ok(row);
    const query = JSON.stringify({ runId, target: row.target, caseIndex: 0, trial: 0, side: 'actual' });
    const uri = vscode.Uri.from({ scheme: 'touchstone-result', path: '/case.actual.txt', query });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), row.output);
    const strange = uri.with({ query: '{"runId":1}' });
    await assert.rejects(Promise.resolve(vscode.workspace.openTextDocument(strange)));
  });

  it('refuse anything that is no run', async () => {
    await assert.rejects(engine.call('run/summary', { runId: '../../etc/passwd' }), /no run/);
  });
});

describe('views', () => {
  it('are there with their welcome, and do not start the engine by themselves', async () => {
    for (const view of ['prompts', 'datasets', 'runs'])
      assert.ok((await vscode.commands.getCommands(true)).includes(`touchstone.${view}.focus`));
  });

  it('are filled when they are looked at', async () => {
    const { engine } = await activated();
    await engine.restart();
    await vscode.commands.executeCommand('touchstone.datasets.focus');
    const drift = engine.call('dataset/drift', { path: 'support.golden.yaml' });
    if (!trusted) return assert.rejects(drift, /needs a trusted workspace/);
    assert.ok(['new', 'unknown', 'unchanged'].includes((await drift).state));
  });
});

/** The panels with a report, as soon as they are as wanted. */
async function tabs(wanted: (found: vscode.Tab[]) => boolean): Promise<vscode.Tab[]> {
  const found = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputWebview && input.viewType.endsWith('touchstone.report'),
      );
  while (!wanted(found())) {
    await new Promise<void>((resolve) => {
      const listener = vscode.window.tabGroups.onDidChangeTabs(() => {
        listener.dispose();
        resolve();
      });
    });
  }
  return found();
}
