import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { compareStored, type StoredComparison } from '../../../src/engine/compare/compareStored.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import type { RunPlan } from '../../../src/engine/model/run.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';

const NOTHING = { cases: [], spans: [], logs: [] };

describe('compareStored', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(':memory:');
  });
  afterEach(() => store.close());

  /** A run of `planned` cases at one target, of which those with a score are stored; null errored. */
  function run(
    id: string,
    scores: { [caseIndex: number]: number | null },
    planned: number,
    more: Partial<RunPlan> & { trials?: number } = {},
  ): void {
    const made = { ...plan({ cases: planned }), ...more };
    store.createRun({ id, plan: made, createdAt: 1, traceId: '0'.repeat(32) });
    const results = Object.entries(scores).map(
      ([index, score]): TrialResult =>
        trialResult({
          caseIndex: Number(index),
          score,
          status: score === null ? 'errored' : score >= 0.5 ? 'passed' : 'failed',
          output: complete(id),
          tags: ['t'],
        }),
    );
    store.append(id, { results, ...NOTHING }, { now: 1, elapsedMs: 1 });
  }

  const scores = (from: number, to: number, score: number | null) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, at) => [from + at, score]));

  function compare(more: Partial<StoredComparison> = {}) {
    return compareStored(store, {
      baseline: { label: 'before', runId: 'before', targets: ['a'] },
      candidate: { label: 'after', runId: 'after', targets: ['a'] },
      pairs: [{ baseline: 'a', candidate: 'a' }],
      same: false,
      ...more,
    });
  }

  it('takes a case that an unfinished run never reached for unmeasured, on either side', () => {
    run('before', scores(0, 60, 0.2), 60);
    run('after', scores(0, 30, 0.9), 60);
    const { verdict, counts, notes, tags } = compare();
    assert.equal(verdict.word, 'better', 'even if the other thirty had not changed for the better');
    assert.deepEqual([counts.pairs, counts.unmeasured, counts.baselineOnly], [60, 30, 0]);
    assert.ok(notes.includes('30 cases were not measured on both sides.'));
    assert.equal(tags[0]?.unmeasured, 30);
  });

  it('holds the word back where those cases could undo it', () => {
    run('before', { ...scores(0, 20, 0.2), ...scores(20, 60, 0.9) }, 60);
    run('after', scores(0, 20, 0.9), 60);
    const { verdict, gate, cases } = compare({ gate: { noRegression: ['t'], undecided: 'fail' } });
    assert.equal(verdict.word, 'undecided');
    assert.match(verdict.reason, /^40 cases were not fully measured; .* would be better, but/);
    assert.equal(gate?.clauses.find(({ name }) => name === 'no_regression[t]')?.status, 'undecided');
    const absent = cases.find(({ caseId }) => caseId === 'case-59');
    assert.deepEqual(
      [absent?.change, absent?.candidate.trials, absent?.candidate.unmeasured, absent?.candidate.reason],
      ['unmeasured', 1, 1, 'not run'],
    );

    store.close();
    store = new RunStore(':memory:');
    run('before', scores(0, 20, 0.9), 60);
    run('after', { ...scores(0, 20, 0.2), ...scores(20, 60, 0.9) }, 60);
    const reverse = compare();
    assert.equal(reverse.verdict.word, 'undecided');
    assert.match(reverse.verdict.reason, /would be worse, but/);
  });

  it('leaves out cases that the other side never had, and says so', () => {
    run('before', scores(0, 31, 0.2), 31);
    run('after', scores(0, 60, 0.9), 60, { dataset: { ...plan().dataset, contentHash: 'other', count: 60 } });
    const { counts, notes, verdict } = compare();
    assert.deepEqual([counts.pairs, counts.candidateOnly, counts.unmeasured, counts.unseen], [31, 29, 0, 0]);
    assert.ok(notes.includes('29 cases are in the candidate only, so not compared.'));
    assert.equal(verdict.word, 'better');
  });

  it('counts cases that neither unfinished run reached against every word', () => {
    run('before', scores(0, 12, 0.2), 60);
    run('after', scores(0, 12, 0.9), 60);
    const { counts, verdict, notes } = compare();
    assert.deepEqual([counts.pairs, counts.unseen], [12, 48]);
    assert.equal(verdict.word, 'undecided');
    assert.ok(notes.includes('48 cases were not run on either side.'));
    assert.equal(notes.filter((note) => note.includes('is not complete')).length, 2);
  });

  it('takes a trial of a case that is not there for a hole', () => {
    const repeat = { repeat: 3, trials: 90 };
    run('before', scores(0, 30, 0.2), 30, repeat);
    run('after', scores(0, 30, 0.9), 30, repeat);
    const { cases, verdict } = compare();
    const { trials, unmeasured, unscored } = cases[0]?.candidate ?? {};
    assert.deepEqual([trials, unmeasured, unscored], [3, 2, 2]);
    assert.equal(verdict.word, 'undecided');
  });

  it('fails a gate with a reason where every trial of the baseline errored', () => {
    run('before', scores(0, 40, null), 40);
    run('after', scores(0, 40, 0.9), 40, {
      gate: { minPassRate: { overall: 0.5, tags: {} }, undecided: 'fail' },
    });
    const { gate, verdict } = compare();
    assert.equal(verdict.word, 'undecided');
    assert.equal(gate?.passed, false);
    assert.match(gate?.reason ?? '', /^baseline: undecided, no case of the baseline was measured/);
  });

  it('notes that only the spread differs', () => {
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at, at % 2 === 0 ? 0.55 : 0.95]));
    const narrow = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [at, at % 4 < 2 ? 0.7 : 0.8]));
    run('before', narrow, 60);
    run('after', wide, 60);
    const { notes, verdict } = compare({ margin: 0.2 });
    assert.equal(verdict.word, 'equivalent');
    const note = notes.find((text) => text.startsWith('Only the spread differs'));
    assert.match(
      note ?? '',
      /the candidate's scores vary more from case to case \(standard deviation 0\.200, was 0\.050; p = \S+\)\. The verdict is about means\.$/,
    );
    run('wider', wide, 60);
    const reverse = compare({
      baseline: { label: 'wider', runId: 'wider', targets: ['a'] },
      candidate: { label: 'before', runId: 'before', targets: ['a'] },
      margin: 0.2,
    });
    assert.ok(reverse.notes.some((text) => text.includes('vary less')));
    run('worse', Object.fromEntries(Object.entries(wide).map(([at, score]) => [at, score - 0.5])), 60);
    const decided = compare({ candidate: { label: 'worse', runId: 'worse', targets: ['a'] } });
    assert.equal(decided.verdict.word, 'worse');
    assert.ok(!decided.notes.some((text) => text.startsWith('Only the spread')));
  });

  it('is not identical over the first cases of a comparison that stopped', () => {
    run('before', scores(0, 60, 0.9), 60);
    run('after', scores(0, 60, 0.9), 60);
    const caseIds = Array.from({ length: 10 }, (_, at) => `case-${at}`);
    const progress = { pairs: 10, planned: 60, stopped: true, savedCostUsd: null };
    assert.equal(compare({ sequential: { caseIds, progress } }).verdict.word, 'undecided');
  });
});
