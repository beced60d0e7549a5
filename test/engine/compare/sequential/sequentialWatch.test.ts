import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SequentialWatch } from '../../../../src/engine/compare/sequential/sequentialWatch.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { Xoshiro128 } from '../../../../src/engine/statistics/prng.ts';
import { type Outcome, PAIR, resultsOf, times } from '../comparing.ts';

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
});
