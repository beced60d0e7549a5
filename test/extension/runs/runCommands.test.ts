import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Api } from '../../../src/extension.ts';
import { caseLines, WAITING_AGENT } from '../../engineProcess/workspaces.ts';
import { activated } from '../support/activated.ts';
import { nextEnd } from '../support/runs.ts';
import { itTrusted, itUntrusted } from '../support/trust.ts';
import { workspaceRoot, writeWorkspace } from '../support/workspace.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases: # all of them
  - id: a
    input: one
    expected_output:
      answer: two # on purpose
  - id: b
    input: two
    expected_output: { answer: two }
`;
const WORKSPACE = {
  'touchstone.yaml': `suites:
  commands:
    dataset: commands.golden.yaml
    targets: [{ name: plain, echo: true }]
    evaluators: [equals]
  slow:
    dataset: slow.golden.jsonl
    targets: [{ name: agent, command: [node, slow.mjs] }]
    evaluators: [{ contains: right }]
    max_concurrency: 1
`,
  'commands.golden.yaml': DATASET,
  'old.golden.yaml':
    'schema_version: 1.0.0\nversion: 1.0.0\ntest_cases: # kept\n  - id: a\n    input: x\n    expected_output: { expected_keywords: [y] }\n',
  'slow.golden.jsonl': caseLines(3),
  'slow.mjs': WAITING_AGENT,
  'rows.jsonl': '{"input":"What is 2+2?","ideal":"4"}\n',
};

const run = (id: string, ...given: unknown[]) => vscode.commands.executeCommand(id, ...given);
const file = (name: string) => path.join(workspaceRoot(), name);
const textOf = (name: string) => readFileSync(file(name), 'utf8');

describe('commands on runs and datasets', () => {
  let api: Api;
  let restore: (() => void) | undefined;

  before(async () => {
    api = await activated();
    restore = writeWorkspace(WORKSPACE);
    await api.engine.refresh();
  });
  afterEach(() => run('workbench.action.closeAllEditors'));
  after(() => restore?.());

  itTrusted('run chosen cases, and what failed once more', async () => {
    const first = nextEnd(api.runs);
    await run('touchstone.runCases', { path: file('commands.golden.yaml'), ids: ['a', 'b'] });
    const { run: whole } = await first;
    assert.deepEqual([whole.suite, whole.counts], ['commands', { passed: 1, failed: 1, errored: 0 }]);
    const second = nextEnd(api.runs);
    await run('touchstone.rerunFailed');
    assert.deepEqual((await second).run.counts, { passed: 0, failed: 1, errored: 0 });
    const third = nextEnd(api.runs);
    await run('touchstone.rerunLast', { runId: whole.runId });
    assert.equal((await third).run.trials, 2);
  });

  itTrusted(
    'run a dataset with its suite, and a stored run again with the model that it was given',
    async () => {
      const first = nextEnd(api.runs);
      await run('touchstone.runDataset', { path: file('commands.golden.yaml') });
      assert.deepEqual([(await first).run.suite, (await first).run.trials], ['commands', 2]);
      const chosen = await api.runs.start({ suite: 'commands', overrides: { model: 'local/other' } });
      const again = nextEnd(api.runs);
      await run('touchstone.repeatRun', { runId: chosen[0]?.run.runId });
      const { runId } = (await again).run;
      const { runs } = await api.engine.call('run/list', {});
      assert.equal(runs.find(({ id }) => id === runId)?.model, 'local/other');
    },
  );

  it('add what is selected to the dataset of the view', async () => {
    const untitled = await vscode.workspace.openTextDocument({ content: 'What is three?' });
    const editor = await vscode.window.showTextDocument(untitled);
    editor.selection = new vscode.Selection(0, 0, 0, 14);
    await run('touchstone.addCase', { path: file('commands.golden.yaml'), name: 'commands.golden.yaml' });
    await run('touchstone.applyEdit');
    assert.match(textOf('commands.golden.yaml'), /input: two[\s\S]*input: What is three\?/);
    writeFileSync(file('commands.golden.yaml'), DATASET);
  });

  itTrusted('stop a run, and resume it to its end', async () => {
    const stopped = nextEnd(api.runs);
    const running = run('touchstone.runSuite', { suite: 'slow' });
    await new Promise<void>((resolve) => {
      const listener = api.runs.onDidHappen(({ kind }) => {
        if (kind !== 'started') return;
        listener.dispose();
        resolve();
      });
    });
    assert.equal(api.runs.active.length, 1);
    await run('touchstone.stopRun');
    const { run: interrupted, end } = await stopped;
    await running;
    assert.deepEqual([end.outcome, api.runs.active.length], ['interrupted', 0]);
    writeFileSync(file('go'), '');
    const resumed = nextEnd(api.runs);
    await run('touchstone.resumeRun', { runId: interrupted.runId });
    const complete = await resumed;
    assert.deepEqual([complete.run.runId, complete.end.outcome], [interrupted.runId, 'complete']);
    assert.equal(complete.run.counts.passed, 3);
  });

  itTrusted(
    'accept an output as expected, in place and with the comments kept, after a look at it',
    async () => {
      const ended = nextEnd(api.runs);
      await run('touchstone.runSuite', { suite: 'commands' });
      const { runId } = (await ended).run;
      await run('touchstone.acceptOutput', { runId, caseId: 'a' });
      assert.equal(textOf('commands.golden.yaml'), DATASET);
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof vscode.TabInputTextDiff);
      const preview = await vscode.workspace.openTextDocument(input.modified);
      const accepted = DATASET.replace('answer: two # on', 'answer: one # on');
      assert.equal(preview.getText(), accepted);
      await run('touchstone.applyEdit', input.modified);
      assert.equal(textOf('commands.golden.yaml'), accepted);
      assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab, undefined);
      const green = nextEnd(api.runs);
      await run('touchstone.runSuite', { suite: 'commands' });
      assert.deepEqual((await green).end, { outcome: 'complete', passed: true });
      writeFileSync(file('commands.golden.yaml'), DATASET);
    },
  );

  it('upgrade a dataset, and leave it as it is when the edit is discarded', async () => {
    const before = textOf('old.golden.yaml');
    await run('touchstone.upgradeDataset', vscode.Uri.file(file('old.golden.yaml')));
    await run('touchstone.discardEdit');
    assert.equal(textOf('old.golden.yaml'), before);
    await run('touchstone.upgradeDataset', { path: file('old.golden.yaml') });
    await run('touchstone.applyEdit');
    assert.match(textOf('old.golden.yaml'), /schema_version: 2\.0\.0[\s\S]*# kept[\s\S]*expected_concepts/);
  });

  it('refuse an edit of a file that changed meanwhile', async () => {
    writeFileSync(file('other.golden.yaml'), WORKSPACE['old.golden.yaml']);
    const document = await vscode.workspace.openTextDocument(file('other.golden.yaml'));
    await run('touchstone.upgradeDataset', document.uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# mine\n');
    await vscode.workspace.applyEdit(edit);
    // Its message waits for the person, so it is not waited for here.
    void run('touchstone.applyEdit');
    while (
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ input }) => input instanceof vscode.TabInputTextDiff),
      )
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.match(document.getText(), /^# mine\nschema_version: 1\.0\.0/);
    await document.save();
  });

  it('show every problem of the workspace', async () => {
    writeFileSync(file('broken.golden.yaml'), DATASET.replace('id: b', 'id: a'));
    await run('touchstone.validateWorkspace');
    const found = vscode.languages.getDiagnostics(vscode.Uri.file(file('broken.golden.yaml')));
    assert.deepEqual(
      found.map(({ code, range }) => [code, range.start.line]),
      [['duplicate-case-id', 7]],
    );
    writeFileSync(file('broken.golden.yaml'), DATASET);
    await run('touchstone.validateWorkspace');
    assert.deepEqual(vscode.languages.getDiagnostics(vscode.Uri.file(file('broken.golden.yaml'))), []);
  });

  itTrusted('export a report in the form of its ending', async () => {
    const ended = nextEnd(api.runs);
    await run('touchstone.runSuite', { suite: 'commands' });
    const { runId } = (await ended).run;
    for (const ending of ['.html', '.junit.xml', '.md']) {
      await run('touchstone.exportReport', { runId, file: file(`report${ending}`) });
      assert.ok(textOf(`report${ending}`).includes('commands'), ending);
    }
  });

  itUntrusted('begin nothing while the workspace is not trusted', async () => {
    // Its message waits for the person, so it is not waited for here.
    void run('touchstone.runSuite', { suite: 'commands' });
    await assert.rejects(api.runs.start({ suite: 'commands' }), /needs a trusted workspace/);
    assert.equal(api.runs.active.length, 0);
    assert.equal(existsSync(file('.touchstone')), false);
  });
});
