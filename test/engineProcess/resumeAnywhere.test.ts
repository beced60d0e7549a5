import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines } from './workspaces.ts';

/** Requests that say something else than their suite, each in its own way. */
const REQUESTS: { [what: string]: { overrides: object; trials: number } } = {
  'chosen targets': { overrides: { targets: ['two'] }, trials: 6 },
  'chosen cases': { overrides: { filter: { names: [], tags: [], ids: ['case-1', 'case-4'] } }, trials: 4 },
  'a filter': { overrides: { filter: { names: [], tags: ['even'] } }, trials: 6 },
  'a filter of names': { overrides: { filter: { names: ['case-3'], tags: [] } }, trials: 2 },
  repeats: { overrides: { repeat: 3 }, trials: 36 },
  'a seed': { overrides: { seed: 99 }, trials: 12 },
  'a judge of its own': { overrides: { judge: 'local/other' }, trials: 12 },
  'no judge': { overrides: { withoutJudge: true }, trials: 12 },
  'all of it': {
    overrides: {
      targets: ['one'],
      filter: { names: [], tags: ['even'], ids: ['case-0', 'case-2'] },
      repeat: 2,
      seed: 7,
      judge: 'local/other',
    },
    trials: 4,
  },
};

describe('a run that is begun in one place and resumed in another', () => {
  let judge: OpenAiServer;
  before(async () => {
    judge = await startOpenAiServer(() => ({ text: '{"reason": "polite", "score": 1, "pass": true}' }));
  });
  after(() => judge.close());

  const workspace = () =>
    temporaryFolder({
      'touchstone.yaml': `providers: { local: { base_url: "${judge.baseUrl}" } }
suites:
  judged:
    dataset: cases.golden.jsonl
    targets: [{ name: one, echo: true }, { name: two, echo: true }]
    evaluators: [{ contains: right }, { rubric: { criteria: polite, model: local/judge } }]
    cascade: { mode: full }
`,
      'cases.golden.jsonl': caseLines(6),
    });

  for (const [what, { overrides, trials }] of Object.entries(REQUESTS))
    it(`from the editor in the terminal, with ${what}`, async () => {
      const root = workspace();
      const runId = await runInEditor(root, overrides);
      loseHalf(root, runId);
      judge.requests.length = 0;

      const resumed = await touchstone(root, 'eval', '--resume', runId, '--no-progress');
      assert.notEqual(resumed.code, 2, resumed.err);
      assert.match(resumed.err, new RegExp(`${trials / 2} of ${trials} trials already stored`));
      assert.equal(resultsOf(root, runId), trials);
      assert.deepEqual(judgesAsked(judge), judgesOf(overrides));
    });

  it('from the terminal in the editor, with targets, a filter, repeats and a judge', async () => {
    const root = workspace();
    const argv = ['-f', 'case-1', 'case-2', '-r', '2', '--judge', 'local/other'];
    await touchstone(root, 'eval', '--no-progress', ...argv);
    await using window = await TestWindow.open(root);
    const [run] = (await window.call('run/list', {})).runs;
    assert.ok(run);
    loseHalf(root, run.id);
    judge.requests.length = 0;

    await window.call('run/resume', { runId: run.id });
    const { outcome } = await window.heard('run/finished', ({ runId }) => runId === run.id);
    assert.equal(outcome, 'complete');
    assert.equal(resultsOf(root, run.id), 8);
    assert.deepEqual(judgesAsked(judge), ['other']);
  });

  it('judges anew, from the terminal in the editor, and once more when it is repeated', async () => {
    const root = workspace();
    const first = await runInEditor(root, {});
    await touchstone(root, 'eval', '--rejudge', first, '--judge', 'local/other', '--no-progress');
    await using window = await TestWindow.open(root);
    const [again] = (await window.call('run/list', {})).runs;
    assert.equal(again?.origin?.rejudge, first);
    loseHalf(root, again.id);
    judge.requests.length = 0;

    await window.call('run/resume', { runId: again.id });
    await window.heard('run/finished', ({ runId }) => runId === again.id);
    assert.equal(resultsOf(root, again.id), 12);
    assert.deepEqual(judgesAsked(judge), ['other']);

    const repeated = await window.run('judged', { again: again.id });
    const { run } = await window.call('run/summary', { runId: repeated.runId });
    assert.deepEqual([run.origin?.rejudge, run.judge], [first, 'local/other']);
  });

  it('repeats a run as it was asked for, with what is said otherwise', async () => {
    const root = workspace();
    const first = await runInEditor(root, { targets: ['two'], repeat: 2, seed: 5, judge: 'local/other' });
    await using window = await TestWindow.open(root);
    const overrides = { filter: { names: [], tags: [], ids: ['case-3'] } };
    const { runId } = await window.run('judged', { again: first, overrides });
    const { run } = await window.call('run/summary', { runId });
    assert.deepEqual(
      [run.targets.map(({ name }) => name), run.repeat, run.seed, run.judge, run.filter.ids],
      [['two'], 2, 5, 'local/other', ['case-3']],
    );
  });

  it('goes on replaying from the folder that it was begun with', async () => {
    const root = workspace();
    await touchstone(root, 'eval', '--record', 'kept', '--no-progress');
    const replayed = await touchstone(root, 'eval', '--replay', 'kept', '--no-progress');
    const runId = /touchstone show (\S+)/.exec(replayed.out)?.[1] ?? '';
    loseHalf(root, runId);
    judge.requests.length = 0;

    const resumed = await touchstone(root, 'eval', '--resume', runId, '--no-progress');
    assert.match(resumed.out, /replayed \d+ repl\w+ from kept/, resumed.err);
    assert.equal(resultsOf(root, runId), 12);
    assert.equal(judge.requests.length, 0);
  });
});

async function runInEditor(root: string, overrides: object): Promise<string> {
  await using window = await TestWindow.open(root);
  const { runId } = await window.run('judged', { overrides });
  return runId;
}

/** As if the process had died half way. */
function loseHalf(root: string, runId: string): void {
  const database = open(root);
  const where = `run = (SELECT number FROM runs WHERE id = '${runId}')`;
  database.exec(`DELETE FROM results WHERE ${where} AND rowid IN
    (SELECT rowid FROM (SELECT rowid, row_number() OVER (ORDER BY target, case_index, trial) AS n FROM results WHERE ${where}) WHERE n % 2 = 0);
    UPDATE runs SET state = 'interrupted', finished_at = NULL, stop_reason = NULL WHERE id = '${runId}'`);
  database.close();
}

function resultsOf(root: string, runId: string): number {
  const database = open(root);
  const row = database
    .prepare('SELECT count(*) AS n FROM results WHERE run = (SELECT number FROM runs WHERE id = ?)')
    .get(runId);
  database.close();
  return Number(row?.['n']);
}

function open(root: string): DatabaseSync {
  return new DatabaseSync(path.join(root, '.touchstone', 'touchstone.db'));
}

function judgesAsked({ requests }: OpenAiServer): string[] {
  return [...new Set(requests.map(({ body }) => String(body.model)))];
}

function judgesOf(overrides: { withoutJudge?: boolean; judge?: string }): string[] {
  if (overrides.withoutJudge) return [];
  return [overrides.judge?.replace('local/', '') ?? 'judge'];
}
