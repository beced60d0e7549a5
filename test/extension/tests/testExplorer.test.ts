import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Api } from '../../../src/extension.ts';
import { caseLines, WAITING_AGENT } from '../../engineProcess/workspaces.ts';
import { activated } from '../support/activated.ts';
import { nextEnd, recordRuns, type Told } from '../support/runs.ts';
import { itTrusted } from '../support/trust.ts';
import { workspaceRoot, writeWorkspace } from '../support/workspace.ts';

const YAML = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: good # passes
    input: right
    expected_output: { answer: right }
  - id: bad
    description: fails
    input: wrong
    tags: [critical]
    expected_output: { answer: right }
`;
const WORKSPACE = {
  'touchstone.yaml': `suites:
  small:
    dataset: small.golden.yaml
    targets:
      - { name: one, echo: true }
      - { name: two, echo: true }
    evaluators: [equals]
  large:
    dataset: large.golden.jsonl
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: right }]
  waiting:
    dataset: small.golden.yaml
    targets: [{ name: agent, command: [node, waiting.mjs] }]
    evaluators: [{ contains: right }]
    max_concurrency: 1
  flaky:
    dataset: small.golden.yaml
    targets: [{ name: agent, command: [node, flaky.mjs] }]
    evaluators: [{ contains: right }]
    filter: { names: [good] }
    repeat: 3
    max_concurrency: 1
  broken:
    dataset: small.golden.yaml
    targets: [{ name: agent, command: [node, missing.mjs] }]
    evaluators: [{ contains: right }]
    filter: { names: [good] }
`,
  'small.golden.yaml': YAML,
  'large.golden.jsonl': caseLines(10_000),
  'waiting.mjs': WAITING_AGENT,
  'flaky.mjs': `import { existsSync, writeFileSync } from 'node:fs';
const output = existsSync('second') ? 'right' : 'wrong';
writeFileSync('second', '');
process.stdin.resume().on('end', () => process.stdout.write(JSON.stringify({ output })));
`,
};

describe('Test Explorer', () => {
  let api: Api;
  let restore: (() => void) | undefined;
  let record: ReturnType<typeof recordRuns> | undefined;

  before(async () => {
    api = await activated();
    restore = writeWorkspace(WORKSPACE);
    await api.engine.refresh();
    await api.tests.tree.refresh();
  });
  afterEach(() => record?.stop());
  after(() => restore?.());

  it('shows suites and their targets, at their lines, and no case before it is asked for', () => {
    const { items } = api.tests.controller;
    assert.deepEqual(labels(items), ['small', 'large', 'waiting', 'flaky', 'broken']);
    const small = items.get('suite:small');
    assert.deepEqual(labels(small?.children), ['one · the input of the case', 'two · the input of the case']);
    const two = small?.children.get('target:two');
    assert.deepEqual([two?.canResolveChildren, two?.children.size, two?.range?.start.line], [true, 0, 5]);
    assert.equal(two?.uri?.fsPath, path.join(workspaceRoot(), 'touchstone.yaml'));
  });

  it('shows the cases of a dataset at their own lines, with their tags', async () => {
    await api.tests.tree.resolveSuite('small', ['one']);
    const one = api.tests.controller.items.get('suite:small')?.children.get('target:one');
    const cases = [...(one?.children ?? [])].map(([, item]) => item);
    assert.deepEqual(
      cases.map(({ label, description, range, tags }) => [
        label,
        description,
        range?.start.line,
        tags.map(({ id }) => id),
      ]),
      [
        ['good', undefined, 3, []],
        ['bad · fails', undefined, 6, ['critical']],
      ],
    );
    assert.equal(cases[0]?.uri?.fsPath, path.join(workspaceRoot(), 'small.golden.yaml'));
  });

  it('finds 10,000 cases while the window stays responsive, and keeps the items when they are read again', async () => {
    let longest = 0;
    let last = performance.now();
    const pulse = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await api.tests.tree.resolveSuite('large');
    clearInterval(pulse);
    const target = api.tests.controller.items.get('suite:large')?.children.get('target:echo');
    assert.equal(target?.children.size, 10_000);
    console.log(`      longest stall ${Math.round(longest)} ms`);
    const before = target?.children.get('large.golden.jsonl#case-9999');
    await api.tests.tree.refresh();
    assert.equal(target?.children.get('large.golden.jsonl#case-9999'), before);
    assert.equal(before?.range?.start.line, 10_000);
  });

  it('follows a dataset that changes on the disk', async () => {
    await api.tests.tree.resolveSuite('small', ['one']);
    const one = api.tests.controller.items.get('suite:small')?.children.get('target:one');
    const good = one?.children.get('small.golden.yaml#good');
    writeFileSync(
      path.join(workspaceRoot(), 'small.golden.yaml'),
      YAML.replace('  - id: good', '  # moved\n  - id: good').replace('id: bad', 'id: renamed'),
    );
    await until(() => one?.children.get('small.golden.yaml#renamed') !== undefined);
    assert.deepEqual(labels(one?.children), ['good', 'renamed · fails']);
    assert.deepEqual([good?.range?.start.line, one?.children.get(good?.id ?? '')], [4, good]);
    writeFileSync(path.join(workspaceRoot(), 'small.golden.yaml'), YAML);
    await until(() => one?.children.get('small.golden.yaml#bad') !== undefined);
  });

  it('says at the target why a dataset cannot be read', async () => {
    await api.tests.tree.resolveSuite('small', ['one']);
    const file = path.join(workspaceRoot(), 'small.golden.yaml');
    const one = api.tests.controller.items.get('suite:small')?.children.get('target:one');
    writeFileSync(file, YAML.replace('id: bad', 'id: good'));
    await until(() => one?.error !== undefined);
    assert.match(String(one?.error), /good/);
    writeFileSync(file, YAML);
    await until(() => one?.error === undefined && one?.children.size === 2);
  });

  itTrusted('runs from the editor: states, a diff, the reason with its stage, and the place', async () => {
    record = recordRuns(api.tests.controller);
    await runById(['suite:small']);
    await record.ended;
    const last = lastStates(record.told);
    assert.deepEqual(last, { 'small.golden.yaml#good': 'passed', 'small.golden.yaml#bad': 'failed' });
    assert.equal(record.told.filter(({ state }) => state === 'failed').length, 2);
    const [message] = record.told.find(({ state }) => state === 'failed')?.messages ?? [];
    assert.deepEqual([message?.expectedOutput, message?.actualOutput], ['right', 'wrong']);
    assert.match(String(message?.message), /^equals \(heuristic, score 0\.00\): /);
    assert.ok(message?.location?.uri.fsPath.startsWith(workspaceRoot()));
    const lines = record.output.join('');
    assert.match(lines, /✗ bad \[one\] score 0\.00, \d+ ms, .*(tokens|cost).*trace [0-9a-f]{32}: /);
  });

  itTrusted('leads from a case to its report', async () => {
    record = recordRuns(api.tests.controller);
    await runById(['suite:small', 'target:one']);
    await record.ended;
    const item = api.tests.tree.caseItem('small', 'one', 'small.golden.yaml', 'bad');
    await vscode.commands.executeCommand('touchstone.openReport', item);
    const reports = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview);
    await until(() => reports().some(({ label }) => label === 'small'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  itTrusted('runs exactly the chosen cases of the chosen target', async () => {
    record = recordRuns(api.tests.controller);
    const end = nextEnd(api.runs);
    await runById(['suite:small', 'target:two', 'small.golden.yaml#bad']);
    const { run } = await end;
    await record.ended;
    assert.deepEqual([run.suite, run.targets, run.trials], ['small', ['two'], 1]);
    assert.deepEqual(lastStates(record.told), { 'small.golden.yaml#bad': 'failed' });
  });

  itTrusted('gathers the trials of a case, and says when it is flaky', async () => {
    record = recordRuns(api.tests.controller);
    await runById(['suite:flaky']);
    await record.ended;
    const failed = record.told.filter(({ state }) => state === 'failed');
    assert.equal(failed.length, 1);
    assert.match(String(failed[0]?.messages[0]?.message), /Flaky: 1 of 3 trials/);
    assert.equal(record.output.filter((line) => /good #\d/.test(line)).length, 3);
  });

  itTrusted('shows a target that cannot answer as an error', async () => {
    record = recordRuns(api.tests.controller);
    await runById(['suite:broken']);
    await record.ended;
    assert.equal(lastStates(record.told)['small.golden.yaml#good'], 'errored');
  });

  itTrusted('stops when it is cancelled, and shows what did not run as skipped', async () => {
    // Another suite may have let its agents go.
    rmSync(path.join(workspaceRoot(), 'go'), { force: true });
    record = recordRuns(api.tests.controller);
    const begun = new Promise<void>((resolve) => {
      const listener = api.runs.onDidHappen(({ kind }) => {
        if (kind !== 'started') return;
        listener.dispose();
        resolve();
      });
    });
    const end = nextEnd(api.runs);
    const running = runById(['suite:waiting']);
    await begun;
    await vscode.commands.executeCommand('testing.cancelRun');
    assert.equal((await end).end.outcome, 'interrupted');
    await record.ended;
    assert.deepEqual(new Set(Object.values(lastStates(record.told))), new Set(['skipped']));
    writeFileSync(path.join(workspaceRoot(), 'go'), '');
    await running;
  });

  itTrusted('shows the results of a run that another command began', async () => {
    record = recordRuns(api.tests.controller);
    await vscode.commands.executeCommand('touchstone.runSuite', { suite: 'small' });
    await record.ended;
    assert.equal(lastStates(record.told)['small.golden.yaml#good'], 'passed');
  });
});

async function runById(ids: string[]): Promise<void> {
  // 2: the group of profiles that run.
  await vscode.commands.executeCommand('vscode.runTestsById', 2, ['touchstone', ...ids].join('\0'));
}

function lastStates(told: readonly Told[]): { [id: string]: Told['state'] } {
  return Object.fromEntries(told.map(({ id, state }) => [id, state]));
}

function labels(items: vscode.TestItemCollection | undefined): string[] {
  return [...(items ?? [])].map(([, item]) => item.label);
}

/** Looks again until it holds; the test's own limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
