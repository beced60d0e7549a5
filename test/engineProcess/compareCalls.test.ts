import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { EngineCalls } from '../../src/protocol/calls.ts';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { WAITING_AGENT } from './workspaces.ts';

const CASES = 24;

const cases = Array.from({ length: CASES }, (_, at) =>
  JSON.stringify({ id: `c${at}`, input: { text: `hello ${at}` }, tags: [at < 3 ? 'critical' : 'usual'] }),
);

const FILES = {
  'touchstone.yaml': `suites:
  polite:
    dataset: x.golden.jsonl
    targets: [{ name: prompt, echo: ask.prompty }]
    evaluators: [{ contains: please }]
    gate: { no_regression: [critical] }
`,
  'x.golden.jsonl': `${['{"schema_version":"2.0.0","version":"1.0.0"}', ...cases].join('\n')}\n`,
  'ask.prompty': prompt('please echo'),
};

function prompt(text: string): string {
  return `---\nname: ask\n---\nuser:\n${text} {{text}}\n`;
}

function repository(files: { [file: string]: string } = FILES): string {
  const root = temporaryFolder(files);
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '-m', 'x'],
  ])
    execFileSync('git', [...identity, ...args], { cwd: root });
  return root;
}

async function compare(window: TestWindow, params: object) {
  const { comparisons } = await window.call('compare/start', params as never);
  const [begun] = comparisons;
  assert.ok(begun);
  const end = await window.heard('compare/finished', ({ id }) => id === begun.id);
  return { begun, end, id: begun.id };
}

describe('engine process: comparisons', () => {
  it('compares with HEAD, tells of every case on the way, and comes to the command line’s figures', async () => {
    const root = repository();
    writeFileSync(path.join(root, 'ask.prompty'), prompt('echo'));
    await using window = await TestWindow.open(root);
    const { begun, end, id } = await compare(window, { baseline: 'HEAD' });
    assert.deepEqual([begun.suite, begun.baseline, begun.candidate], ['polite', 'HEAD', 'working tree']);
    assert.deepEqual([begun.trials, begun.outlook?.cases], [2 * CASES, CASES]);
    assert.equal(end.outcome, 'complete');
    const last = window.events['compare/progress'].at(-1);
    assert.deepEqual([last?.done, last?.trials], [2 * CASES, 2 * CASES]);
    assert.deepEqual(last?.counts, { improved: 0, degraded: CASES, neutral: 0, unmeasured: 0 });
    const { comparison } = await window.call('compare/result', { id });
    const told = window.events['compare/progress'].flatMap((event) => event.cases);
    const byId = (a: { case_id: string }, b: { case_id: string }) => (a.case_id < b.case_id ? -1 : 1);
    assert.deepEqual(told.toSorted(byId), comparison.cases.toSorted(byId));
    assert.equal(window.events['run/finished'].length, 1);

    const { code, out } = await touchstone(root, 'compare', '-o', 'report.json');
    assert.equal(code, 1, out);
    const [reported] = JSON.parse(readFileSync(path.join(root, 'report.json'), 'utf8')).comparisons;
    for (const key of ['verdict', 'metrics', 'tags', 'counts', 'gate'])
      assert.deepEqual(comparison[key], reported[key], key);
  });

  it('has a case on both sides, the files that changed, and their texts', async () => {
    const root = repository();
    writeFileSync(path.join(root, 'ask.prompty'), prompt('echo'));
    await using window = await TestWindow.open(root);
    const { id } = await compare(window, { baseline: 'HEAD' });
    const { comparison } = await window.call('compare/result', { id });
    const [first] = comparison.cases;
    assert.ok(first);
    const trial = ({ target, trial: number }: { target: string; trial: number }) => ({
      target,
      trial: number,
    });
    const pair = await window.call('compare/pair', {
      id,
      caseId: 'c0',
      baseline: trial(first.baseline),
      candidate: trial(first.candidate),
    });
    assert.match(pair.baseline?.output.text ?? '', /please echo hello 0/);
    assert.match(pair.candidate?.output.text ?? '', /echo hello 0/);
    assert.deepEqual(await window.call('compare/files', { id }), {
      files: [{ path: 'ask.prompty', status: 'changed' }],
    });
    const text = (side: string) => window.call('compare/file', { id, side, path: 'ask.prompty' } as never);
    assert.deepEqual(await text('baseline'), { text: prompt('please echo'), current: false });
    assert.deepEqual(await text('candidate'), { text: prompt('echo'), current: true });
    const outside = await window.failure('compare/file', { id, side: 'baseline', path: '../x' });
    assert.match(outside.message, /outside/);
  });

  it('compares two stored runs, marks a change as meant, and writes reports', async () => {
    const root = repository();
    await using window = await TestWindow.open(root);
    const before = await window.run('polite');
    writeFileSync(path.join(root, 'ask.prompty'), prompt('echo'));
    const edited = await window.call('compare/intend', {
      path: 'x.golden.jsonl',
      caseId: 'c1',
      reason: 'we are brief now',
    });
    const [edit] = edited.edits;
    const lines = FILES['x.golden.jsonl'].split('\n');
    lines.splice((edit?.line ?? 1) - 1, 1, edit?.text.trimEnd() ?? '');
    writeFileSync(path.join(root, 'x.golden.jsonl'), lines.join('\n'));
    const after = await window.run('polite');
    const { id, begun } = await compare(window, {
      baseline: `run:${before.runId}`,
      candidate: `run:${after.runId}`,
    });
    assert.deepEqual([begun.trials, begun.outlook, begun.dataset], [0, null, null]);
    const { comparison, intended } = await window.call('compare/result', { id });
    assert.equal(comparison.verdict.word, 'worse');
    assert.deepEqual(intended, { c1: 'we are brief now' });
    assert.deepEqual((await window.call('compare/files', { id })).files, []);
    for (const [ending, pattern] of [
      ['md', /^<!-- touchstone-comparison -->\n### 🔴 `polite`: worse/],
      ['json', /"touchstone-comparison"/],
    ] as const) {
      const file = path.join(root, `report.${ending}`);
      await window.call('compare/export', { id, file });
      assert.match(readFileSync(file, 'utf8'), pattern);
    }
    const refused = await window.failure('compare/export', { id, file: path.join(root, 'report.csv') });
    assert.match(refused.message, /unknown comparison format/);
    assert.equal(existsSync(path.join(root, 'report.csv')), false);
  });

  it('stops politely, by the comparison or by its run, and says nothing of it', async () => {
    const root = repository({
      'touchstone.yaml': `suites:
  slow:
    dataset: x.golden.jsonl
    targets: [{ name: a, command: [node, agent.mjs] }, { name: b, echo: true }]
    evaluators: [{ contains: right }]
    max_concurrency: 1
`,
      'x.golden.jsonl': FILES['x.golden.jsonl'],
      'agent.mjs': WAITING_AGENT,
    });
    await using window = await TestWindow.open(root);
    const { comparisons } = await window.call('compare/start', { baseline: 'a', candidate: 'b' });
    const id = comparisons[0]?.id ?? '';
    const { runId } = await window.heard('run/started');
    assert.deepEqual(await window.call('run/cancel', { runId }), { cancelled: true });
    assert.equal((await window.heard('compare/finished')).outcome, 'interrupted');
    assert.equal((await window.heard('run/finished')).outcome, 'interrupted');
    assert.match((await window.failure('compare/result', { id })).message, /not there any more/);
    assert.deepEqual(await window.call('compare/cancel', { id }), { cancelled: false });
  });

  it('runs nothing in a workspace that is not trusted, and says what is wrong with a side', async () => {
    const root = repository();
    await using restricted = await TestWindow.open(root, { trusted: false });
    assert.equal((await restricted.failure('compare/start', { baseline: 'HEAD' })).kind, 'untrusted');
    await using window = await TestWindow.open(root);
    const unknown = await window.failure('compare/start', { baseline: 'nowhere' });
    assert.match(unknown.message, /no git revision nowhere/);
    const calls: (keyof EngineCalls)[] = ['compare/result', 'compare/files'];
    for (const call of calls) assert.equal((await window.failure(call, { id: 'x' })).kind, 'user');
  });
});
