import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { EngineCalls } from '../../src/protocol/calls.ts';
import type { ResultRow } from '../../src/protocol/resultRow.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines, echoWorkspace, WAITING_AGENT } from './workspaces.ts';

/** One case, whose agent waits until a file `go` is there. */
const WAITING = {
  'touchstone.yaml': `suites:
  slow:
    dataset: cases.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: right }]
    max_concurrency: 1
`,
  'cases.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }, { id: b, input: y }]\n',
  'agent.mjs': WAITING_AGENT,
};

describe('engine process: runs', () => {
  it('tells what would run, and calls nothing', async () => {
    const root = temporaryFolder(echoWorkspace(10));
    await using window = await TestWindow.open(root);
    const overrides = { repeat: 3, filter: { names: [], tags: ['even'] } };
    assert.deepEqual(await window.call('run/prepare', { suite: 'echo', overrides }), {
      runs: [{ dataset: 'cases.golden.jsonl', targets: ['echo'], trials: 15 }],
    });
    assert.deepEqual((await window.call('run/list', {})).runs, []);
  });

  it('begins a new store where the person removed it', async function () {
    if (process.platform === 'win32') skip(this, 'Windows does not remove open files');
    const root = temporaryFolder(echoWorkspace(3));
    await using window = await TestWindow.open(root);
    await window.run('echo');
    rmSync(path.join(root, '.touchstone'), { recursive: true });
    assert.deepEqual((await window.call('run/list', {})).runs, []);
    const { runId } = await window.run('echo');
    assert.equal((await allRows(window, runId)).length, 3);
    assert.equal(existsSync(path.join(root, '.touchstone', 'touchstone.db')), true);
  });

  it('tells of every result once, in batches, and stores the same', async () => {
    const root = temporaryFolder(echoWorkspace(1_000));
    await using window = await TestWindow.open(root);
    const { runId, end } = await window.run('echo');
    assert.deepEqual([end.outcome, end.passed], ['complete', false]);
    const batches = window.events['run/results'];
    const told = batches.flatMap(({ rows }) => rows);
    assert.equal(told.length, 1_000);
    assert.ok(batches.length <= 100, `${batches.length} events for 1,000 results`);
    assert.deepEqual(batches.at(-1)?.counts, { passed: 800, failed: 200, errored: 0 });
    const stored = await allRows(window, runId);
    const order = (a: ResultRow, b: ResultRow) => a.case_index - b.case_index;
    assert.deepEqual(told.toSorted(order), stored);
    const [head] = (await window.call('run/list', {})).runs;
    assert.deepEqual([head?.id, head?.state, head?.counts.failed], [runId, 'complete', 200]);
  });

  it('filters rows, and pages without losing or repeating one', async () => {
    const root = temporaryFolder(echoWorkspace(200));
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('echo', { overrides: { repeat: 2 } });
    const rows = async (filter: object) => (await allRows(window, runId, filter, 7)).length;
    assert.equal(await rows({}), 400);
    assert.equal(await rows({ statuses: ['failed'] }), 80);
    assert.equal(await rows({ statuses: ['failed'], tags: ['even'] }), 40);
    assert.equal(await rows({ caseIds: ['case-3'] }), 2);
    assert.equal(await rows({ text: 'CASE-19' }), 22);
    assert.equal(await rows({ targets: ['nobody'] }), 0);
  });

  it('has a case in full, its trace, and the figures of a run', async () => {
    const root = temporaryFolder(echoWorkspace(10));
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('echo');
    const { results } = await window.call('run/result', { runId, caseId: 'case-5' });
    const [result] = results;
    assert.deepEqual([result?.input, result?.output.text, result?.status], ['wrong', 'wrong', 'failed']);
    assert.match(result?.location ?? '', /^cases\.golden\.jsonl:7:/);
    const traceId = result?.trace_id ?? '';
    const { head, rows } = await window.call('traces/rows', { traceId, offset: 0, limit: 50 });
    assert.equal(head?.origin?.caseId, result?.case_id);
    assert.ok(rows.some(({ title }) => title.startsWith('trial')));
    const summary = await window.call('run/summary', { runId });
    assert.equal(summary.summary.total.pass_rate, 0.8);
  });

  it('stops politely, and goes on from what is stored', async () => {
    const root = temporaryFolder(WAITING);
    await using window = await TestWindow.open(root);
    const { runIds } = await window.call('run/start', { suite: 'slow' });
    const [runId = ''] = runIds;
    await until(() => existsSync(path.join(root, 'started')));
    assert.deepEqual(await window.call('run/cancel', { runId }), { cancelled: true });
    const end = await window.heard('run/finished');
    assert.deepEqual([end.outcome, end.passed], ['interrupted', null]);
    assert.deepEqual(await window.call('run/cancel', { runId }), { cancelled: false });
    writeFileSync(path.join(root, 'go'), '');
    await window.call('run/resume', { runId });
    const again = await window.heard('run/finished', ({ outcome }) => outcome === 'complete');
    assert.deepEqual([again.runId, again.passed], [runId, true]);
  });

  it('goes on undisturbed, and can still be stopped, where it is resumed while it is under way', async () => {
    const root = temporaryFolder(WAITING);
    await using window = await TestWindow.open(root);
    const { runIds } = await window.call('run/start', { suite: 'slow' });
    const [runId = ''] = runIds;
    assert.match((await window.failure('run/resume', { runId })).message, /is under way/);
    assert.deepEqual(window.events['run/finished'], []);
    assert.deepEqual(await window.call('run/cancel', { runId }), { cancelled: true });
    assert.equal((await window.heard('run/finished')).outcome, 'interrupted');

    const twice = await Promise.allSettled([1, 2].map(() => window.call('run/resume', { runId })));
    assert.deepEqual(twice.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    writeFileSync(path.join(root, 'go'), '');
    await window.heard('run/finished', ({ outcome }) => outcome === 'complete');
    assert.equal(window.events['run/finished'].length, 2);
  });

  it('keeps a run that waits for its turn from being resumed or deleted', async () => {
    const config = WAITING['touchstone.yaml'].replace(/dataset: (\S+)/, 'dataset: [$1, more.golden.jsonl]');
    const root = temporaryFolder({
      ...WAITING,
      'touchstone.yaml': config,
      'more.golden.jsonl': caseLines(2),
    });
    await using window = await TestWindow.open(root);
    const { runIds } = await window.call('run/start', { suite: 'slow' });
    const [, runId = ''] = runIds;
    for (const call of ['run/resume', 'run/delete'] as const)
      assert.match((await window.failure(call, { runId })).message, /is under way/);

    writeFileSync(path.join(root, 'go'), '');
    const end = await window.heard('run/finished', (data) => data.runId === runId);
    assert.equal(end.outcome, 'complete');
    assert.equal(window.events['run/finished'].length, 2);
  });

  it('refuses to resume when the dataset changed, and says what', async () => {
    const root = temporaryFolder(echoWorkspace(3));
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('echo');
    writeFiles(root, echoWorkspace(4));
    const failure = await window.failure('run/resume', { runId });
    assert.ok(failure.kind === 'user' && failure.name === 'ResumeError');
    assert.match(failure.message, /the dataset cases\.golden\.jsonl changed/);
  });

  it('resumes a run with the model that it was started with', async () => {
    const root = temporaryFolder(echoWorkspace(3));
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('echo', { overrides: { model: 'vscode/test/a', seed: 7, repeat: 2 } });
    assert.deepEqual((await window.call('run/resume', { runId })).runIds, [runId]);
  });

  it('deletes a run, but not one that is worked on', async () => {
    const root = temporaryFolder(WAITING);
    await using window = await TestWindow.open(root);
    const { runIds } = await window.call('run/start', { suite: 'slow' });
    const [runId = ''] = runIds;
    const failure = await window.failure('run/delete', { runId });
    assert.match(failure.message, /is under way/);
    writeFileSync(path.join(root, 'go'), '');
    await window.heard('run/finished');
    await window.call('run/delete', { runId });
    assert.deepEqual((await window.call('run/list', {})).runs, []);
    assert.equal((await window.failure('run/summary', { runId })).kind, 'user');
  });

  it('lets two windows share a store, and keeps them off each other’s runs', async () => {
    const root = temporaryFolder(WAITING);
    await using first = await TestWindow.open(root);
    await using second = await TestWindow.open(root);
    const { runIds } = await first.call('run/start', { suite: 'slow' });
    const [runId = ''] = runIds;
    assert.equal((await second.call('run/list', {})).runs[0]?.state, 'running');
    const refused = await second.failure('run/resume', { runId });
    assert.match(refused.message, /is being worked on/);
    assert.deepEqual(second.events['run/finished'], []);
    writeFileSync(path.join(root, 'go'), '');
    assert.equal((await first.heard('run/finished')).outcome, 'complete');
    const { runs } = await second.call('run/list', {});
    assert.deepEqual(runs[0]?.counts, { passed: 2, failed: 0, errored: 0 });
    assert.equal(readFileSync(path.join(root, 'started'), 'utf8'), 'xx');
  });

  it('stores what came in when the window goes away in the middle', async () => {
    const root = temporaryFolder(WAITING);
    {
      await using window = await TestWindow.open(root);
      await window.call('run/start', { suite: 'slow' });
      await until(() => existsSync(path.join(root, 'started')));
    }
    await using window = await TestWindow.open(root);
    assert.equal((await window.call('run/list', {})).runs[0]?.state, 'interrupted');
  });
});

describe('engine process: an untrusted workspace', () => {
  it('may be looked at, and runs, connects and reads nothing', async () => {
    const root = temporaryFolder({ ...WAITING, go: '' });
    const environment = { OPENAI_API_KEY: 'secret', PATH: process.env['PATH'] ?? '' };
    await using window = await TestWindow.open(root, { trusted: false, environment });
    assert.equal((await window.call('workspace/list', {})).suites.length, 1);
    const { problems } = await window.call('workspace/validate', {});
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['no-gate'],
    );
    const wanted = { path: 'cases.golden.yaml', offset: 0, limit: 10 };
    assert.equal((await window.call('dataset/cases', wanted)).total, 2);
    for (const method of ['run/prepare', 'run/start'] as const)
      assert.equal((await window.failure(method, { suite: 'slow' })).kind, 'untrusted', method);
    assert.equal((await window.failure('run/resume', { runId: 'x' })).kind, 'untrusted');
    assert.equal((await window.failure('model/discover', {})).kind, 'untrusted');
    const { providers } = await window.call('model/list', {});
    assert.deepEqual(
      providers.map(({ origin }) => origin),
      ['https://api.openai.com'],
    );
    assert.equal(existsSync(path.join(root, 'started')), false);
    assert.equal(existsSync(path.join(root, '.touchstone')), false);
  });
});

async function allRows(
  window: TestWindow,
  runId: string,
  filter: object = {},
  limit = 300,
): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  let after: EngineCalls['run/results']['result']['next'] = null;
  do {
    const wanted = { runId, filter, after, limit };
    const page = (await window.call('run/results', wanted)) as EngineCalls['run/results']['result'];
    rows.push(...page.rows);
    after = page.next;
  } while (after);
  return rows;
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setImmediate(resolve));
}
