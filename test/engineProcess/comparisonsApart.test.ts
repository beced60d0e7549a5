import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines } from './workspaces.ts';

const FILES = {
  'touchstone.yaml': `suites:
  two:
    dataset: cases.golden.jsonl
    targets: [{ name: one, echo: true }, { name: other, echo: true }]
    evaluators: [{ contains: right }]
    gate: { min_pass_rate: 0.1 }
`,
  'cases.golden.jsonl': caseLines(6),
};

const SIDES = { suite: 'two', baseline: 'target:one', candidate: 'target:other' };

async function compare(window: TestWindow): Promise<string> {
  const { comparisons } = await window.call('compare/start', SIDES);
  const id = comparisons[0]?.id;
  await window.heard('compare/finished', (data) => data.id === id);
  const [run] = (await window.call('run/list', { what: 'comparisons' })).runs;
  return run?.id ?? '';
}

describe('engine process: comparisons beside evaluations', () => {
  it('lists each apart, and says of a run under way that it is made for a comparison', async () => {
    await using window = await TestWindow.open(temporaryFolder(FILES));
    const { runId } = await window.run('two');
    const compared = await compare(window);
    const listed = async (what: 'evaluations' | 'comparisons') =>
      (await window.call('run/list', { what })).runs.map(({ id, comparison }) => [id, comparison?.baseline]);
    assert.deepEqual(await listed('evaluations'), [[runId, undefined]]);
    assert.deepEqual(await listed('comparisons'), [[compared, 'one']]);

    const started = window.events['run/started'].map((data) => [data.runId, data.comparison?.candidate]);
    assert.deepEqual(started, [
      [runId, undefined],
      [compared, 'other'],
    ]);
    const finished = window.events['run/finished'].map((data) => [data.runId, data.passed]);
    assert.deepEqual(finished, [
      [runId, true],
      [compared, null],
    ]);
  });

  it('neither resumes nor repeats nor judges anew what was run for one', async () => {
    const root = temporaryFolder(FILES);
    await using window = await TestWindow.open(root);
    const compared = await compare(window);
    const resumed = await window.failure('run/resume', { runId: compared });
    assert.match(resumed.message, /compares one with other, so it cannot be resumed as an evaluation/);
    const repeated = await window.failure('run/start', { suite: 'two', again: compared });
    assert.match(repeated.message, /cannot be repeated as an evaluation/);
    const judged = await touchstone(root, 'eval', '--rejudge', compared);
    assert.match(judged.err, /cannot be re-judged as an evaluation/);
  });

  it('shows the newest evaluation in the terminal, and comparisons when they are asked for', async () => {
    const root = temporaryFolder(FILES);
    let evaluated = '';
    let compared = '';
    {
      await using window = await TestWindow.open(root);
      evaluated = (await window.run('two')).runId;
      compared = await compare(window);
    }
    assert.match((await touchstone(root, 'show')).out, new RegExp(`run ${evaluated}`));
    const { out } = await touchstone(root, 'show', '--comparisons', '--json');
    const [entry, ...others] = JSON.parse(out).comparisons;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [entry.id, entry.baseline, entry.candidate, entry.state, entry.stored, entry.trials],
      [compared, 'one', 'other', 'complete', 12, 12],
    );
    const runs = JSON.parse((await touchstone(root, 'show', '--runs', '--json')).out).runs;
    assert.deepEqual(
      runs.map(({ id }: { id: string }) => id),
      [evaluated],
    );
    const both = await touchstone(root, 'show', '--runs', '--comparisons');
    assert.equal(both.code, 2);
    assert.match(both.err, /cannot be combined/);
  });
});
