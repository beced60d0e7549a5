import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { compareStored } from '../../../../src/engine/compare/compareStored.ts';
import { freshRatingOf, ratingOf, WHOLE_VERDICT } from '../../../../src/engine/compare/evaluators/ratings.ts';
import { countedSide } from '../../../../src/engine/compare/sides/sideSources.ts';
import { openStoredSide } from '../../../../src/engine/compare/sides/storedSide.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { SOURCES } from '../../../support/markedAnswers.ts';
import { complete, plan, trialResult } from '../../../support/runFixtures.ts';
import { evaluation } from '../../../support/sampleReport.ts';

const CASES = 40;

describe('a comparison of answers that came from elsewhere', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(':memory:');
  });
  afterEach(() => store.close());

  /** A run in which the first `marked` answers have the source; those of fallbacks are errors unless `scored`. */
  function run(id: string, marked: number, source: string, { scored = false, score = 1 } = {}): void {
    store.createRun({ id, plan: plan({ cases: CASES }), createdAt: 1, traceId: '0'.repeat(32) });
    const results = Array.from({ length: CASES }, (_, caseIndex) => {
      const from = caseIndex < marked ? SOURCES[source] : undefined;
      const hole = from !== undefined && !scored;
      return trialResult({
        caseIndex,
        status: hole ? 'errored' : score >= 0.5 ? 'passed' : 'failed',
        score: hole ? null : score,
        output: complete('text', { latencyMs: 100, costUsd: 1, ...(from ? { source: from } : {}) }),
      });
    });
    store.append(id, { results, cases: [], spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
  }

  function compare() {
    return compareStored(store, {
      baseline: { label: 'before', runId: 'before', targets: ['a'] },
      candidate: { label: 'after', runId: 'after', targets: ['a'] },
      pairs: [{ baseline: 'a', candidate: 'a' }],
      same: false,
    });
  }

  it('leaves those of fallbacks out on each side, with the effective n', () => {
    run('before', 4, 'cache');
    run('after', 8, 'model');
    const { counts, notes, baseline, candidate, metrics } = compare();
    assert.deepEqual([counts.pairs, counts.unmeasured, metrics[0]?.pairs], [40, 8, 32]);
    assert.deepEqual(notes.slice(0, 3), [
      'Baseline: 4 of 40 answers came from fallbacks: 4 cache; they are not scored.',
      'Candidate: 8 of 40 answers came from fallbacks: 8 openai/gpt-5-mini; they are not scored.',
      "Answers of fallbacks are not compared: effective n is 36 of 40 trials on the baseline's side, 32 of 40 trials on the candidate's side.",
    ]);
    assert.deepEqual(baseline.sources?.fallbacks, [{ name: 'cache', count: 4 }]);
    assert.equal(candidate.sources?.scored, 0);
  });

  it('says how many are left where those of one side alone do not count', () => {
    const left = (before: number, after: number) =>
      `Answers of fallbacks are not compared: effective n is ${before} of 40 trials on the baseline's side, ${after} of 40 trials on the candidate's side.`;
    run('before', 0, 'model');
    run('after', 8, 'model');
    assert.equal(compare().notes[1], left(40, 32));
    store.close();
    store = new RunStore(':memory:');
    run('before', 4, 'cache');
    run('after', 0, 'model');
    assert.equal(compare().notes[1], left(36, 40));
  });

  it('counts those of a side once, however often it is read', () => {
    run('before', 4, 'cache');
    const { side, sources } = countedSide(
      openStoredSide(store, { label: 'before', runId: 'before', targets: ['a'] }),
    );
    for (const _ of [1, 2]) assert.equal([...side.results()].length, CASES);
    assert.deepEqual(sources()?.fallbacks, [{ name: 'cache', count: 4 }]);
  });

  it('never finds the candidate better or equivalent by them', () => {
    run('before', 0, 'model', { score: 0 });
    run('after', 40, 'model');
    const { verdict, metrics } = compare();
    assert.deepEqual([verdict.word, metrics.length], ['undecided', 0]);
  });

  it('counts them where a person asked for that, and says so', () => {
    run('before', 0, 'model');
    run('after', 8, 'model', { scored: true });
    const { counts, notes } = compare();
    assert.equal(counts.unmeasured, 0);
    assert.equal(
      notes[0],
      "Candidate: 8 of 40 answers came from fallbacks: 8 openai/gpt-5-mini; scored as the target's own.",
    );
    assert(!notes.some((note) => note.includes('effective n')));
  });

  it('takes neither time nor cost from a cache', () => {
    run('before', 0, 'first');
    run('after', 40, 'first', { scored: true });
    const { resources, notes } = compare();
    assert(resources.every(({ pairs }) => pairs === 0));
    assert.equal(notes[0], 'Candidate: 40 of 40 answers came from the cache, which was asked first.');
  });

  it('says nothing where every answer is a fresh one', () => {
    run('before', 0, 'model');
    run('after', 0, 'model');
    const { notes, baseline } = compare();
    assert.deepEqual([notes, 'sources' in baseline], [[], false]);
  });
});

describe('the rating of a judge', () => {
  const judged = (source?: string) =>
    trialResult({
      evaluations: [
        evaluation('rubric', 1, { stage: 'judge', ...(source ? { source: SOURCES[source] } : {}) }),
      ],
    });

  it('is none where another model judged in its place', () => {
    assert.equal(ratingOf(judged('model'), 'rubric'), undefined);
    assert.equal(ratingOf(judged('model'), WHOLE_VERDICT), undefined);
    assert.equal(ratingOf(judged(), 'rubric')?.pass, true);
  });

  it('from the cache is its own, and agrees with nothing but itself', () => {
    assert.equal(ratingOf(judged('first'), 'rubric')?.pass, true);
    assert.equal(freshRatingOf(judged('first'), 'rubric'), undefined);
    assert.equal(freshRatingOf(judged('first'), WHOLE_VERDICT), undefined);
    assert.equal(freshRatingOf(judged(), 'rubric')?.pass, true);
  });
});
