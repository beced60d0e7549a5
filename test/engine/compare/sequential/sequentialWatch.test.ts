import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { wordSoFar } from '../../../../src/engine/compare/pairs/compareCases.ts';
import { SequentialWatch } from '../../../../src/engine/compare/sequential/sequentialWatch.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { Xoshiro128 } from '../../../../src/engine/statistics/prng.ts';
import { casesOf, type Outcome, PAIR, resultsOf, times } from '../comparing.ts';

function watchOver(outcomes: readonly Outcome[], same = false) {
  const results = resultsOf(outcomes);
  const clusters = outcomes.map((_, index) => [`case-${index}`]);
  const compare = { margin: 0.05, seed: 1, same };
  const watch = new SequentialWatch({ clusters, pairs: [PAIR], repeat: 1, compare });
  const byCase = (index: number) => results.filter(({ caseIndex }) => caseIndex === index);
  return { watch, byCase, results };
}

const gain: Outcome = { before: 0, after: 1 };

describe('SequentialWatch', () => {
  it('settles a plain gain early', () => {
    const { watch, byCase } = watchOver(times(200, gain));
    let seen = 0;
    while (!watch.settled && seen < 200) watch.add(byCase(seen++));
    assert.equal(watch.settled, true);
    assert.ok(seen >= 8 && seen < 60, `${seen} cases`);
    assert.equal(watch.caseIds.length, seen);
  });

  it('has nothing to stop for when a target meets itself', () => {
    const { watch, results } = watchOver(times(300, { before: 1, after: 1 }), true);
    watch.add(results);
    assert.equal(watch.settled, false);
    assert.equal(watch.caseIds.length, 300);
  });

  it('does not settle because the first cases are the very same on both sides', () => {
    const { watch, results } = watchOver(times(12, { before: 1, after: 1, sameOutput: true }));
    watch.add(results);
    assert.equal(watch.settled, false);
    assert.equal(watch.caseIds.length, 12);
  });

  it('waits for the cases in the order drawn', () => {
    const { watch, byCase } = watchOver(times(200, gain));
    for (let index = 199; index >= 1; index -= 1) watch.add(byCase(index));
    assert.equal(watch.settled, false);
    assert.deepEqual(watch.caseIds, []);
    watch.add(byCase(0));
    assert.equal(watch.settled, true);
  });

  it('comes to the same end however the results are batched', () => {
    const outcomes = Array.from({ length: 120 }, (_, at) => (at % 4 === 0 ? { before: 1, after: 1 } : gain));
    const ends = [1, 7, 240].map((size) => {
      const { watch, results } = watchOver(outcomes);
      const order = Xoshiro128.seeded(size).shuffled<TrialResult>(results);
      for (let start = 0; start < order.length; start += size) watch.add(order.slice(start, start + size));
      return watch.caseIds;
    });
    assert.deepEqual(ends[1], ends[0]);
    assert.deepEqual(ends[2], ends[0]);
  });

  it('does not settle without a difference that few cases could show', () => {
    const { watch, results } = watchOver(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? gain : { before: 1, after: 0 })),
    );
    watch.add(results);
    assert.equal(watch.settled, false);
    assert.equal(watch.caseIds.length, 40);
  });

  it('looks at 8 clusters, at each up to 21, then whenever they have grown by a twentieth, and at the end', () => {
    const looks = [...Array.from({ length: 14 }, (_, at) => 8 + at), 23, 25, 27, 29, 31, 33, 35, 37, 39, 41];
    looks.push(44, 47, 50, 53, 56, 59, 62, 66, 70, 74, 78, 82, 87, 92, 97, 102, 108, 114, 120);
    const options = { margin: 0.05, seed: 1, same: false, sequential: true, partial: true };
    const between: number[] = [];
    const neutral = [2, 3, 4, 5, 6, 7].map((every) =>
      Array.from({ length: 120 }, (_, at) => (at % every === 0 ? { before: 1, after: 1 } : gain)),
    );
    const losses = [...times(6, { before: 1, after: 0 }), ...times(114, gain)];
    for (const outcomes of [...neutral, losses]) {
      const cases = casesOf(outcomes);
      const isDecided = (count: number) => wordSoFar(cases.slice(0, count), options) !== 'undecided';
      const { watch, results } = watchOver(outcomes);
      watch.add(results);
      const expected = looks.find(isDecided);
      assert.equal(watch.settled, expected !== undefined);
      assert.equal(watch.caseIds.length, expected ?? 120);
      const first = outcomes.findIndex((_, at) => at + 1 >= 8 && isDecided(at + 1)) + 1;
      if (first === 0 || looks.includes(first)) continue;

      between.push(first);
      const short = watchOver(outcomes.slice(0, first));
      short.watch.add(short.results);
      assert.equal(short.watch.settled, true, `the last of ${first}`);
    }
    assert.notDeepEqual(between, []);
  });

  it('takes no more once it is settled, and names its cases in the order drawn', () => {
    const { watch, results, byCase } = watchOver(times(60, gain));
    watch.add(results);
    const ids = [...watch.caseIds];
    assert.deepEqual(
      ids,
      ids.map((_, at) => `case-${at}`),
    );
    watch.add(byCase(ids.length));
    assert.deepEqual(watch.caseIds, ids);
  });

  it('waits for every trial of a case', () => {
    const results = resultsOf(times(30, gain));
    const clusters = Array.from({ length: 30 }, (_, at) => [`case-${at}`]);
    const compare = { margin: 0.05, seed: 1, same: false };
    const watch = new SequentialWatch({ clusters, pairs: [PAIR], repeat: 2, compare });
    watch.add(results);
    assert.deepEqual(watch.caseIds, []);
    watch.add(results.map((result) => ({ ...result, trial: 1 })));
    assert.equal(watch.settled, true);
  });

  it('calls no part of the cases identical', () => {
    const { watch, results } = watchOver(times(30, { before: 1, after: 1, sameOutput: true }));
    watch.add(results);
    assert.equal(watch.settled, false);
  });
});
