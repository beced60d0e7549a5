import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareResources } from '../../../../src/engine/compare/sides/resources.ts';
import type { CaseComparison } from '../../../../src/engine/model/comparison.ts';
import { casesOf } from '../comparing.ts';

type Pair = [before: number | null, after: number | null];

/** Cases that cost this on each side, in dollars, ten times as many tokens, and a hundred times as many milliseconds. */
function costing(pairs: readonly Pair[], clusterOf?: (at: number) => string): CaseComparison[] {
  const cases = casesOf(
    pairs.map((_, at) => ({ before: 1, after: 1, ...(clusterOf ? { cluster: clusterOf(at) } : {}) })),
  );
  const times = (factor: number, cost: number | null) => (cost === null ? null : cost * factor);
  return cases.map((entry, at) => {
    const [before = null, after = null] = pairs[at] ?? [];
    const of = (cost: number | null) => ({
      costUsd: cost,
      tokens: times(10, cost),
      latencyMs: times(100, cost),
    });
    return {
      ...entry,
      baseline: { ...entry.baseline, ...of(before) },
      candidate: { ...entry.candidate, ...of(after) },
    };
  });
}

const swaying = (count: number) =>
  Array.from({ length: count }, (_, at): Pair => [10, 15 + (at % 2 === 0 ? 1 : -1)]);

describe('what cases cost on each side', () => {
  it('is in money, tokens and time, of the pairs in which both are known', () => {
    const pairs: Pair[] = [
      [1, 2],
      [3, 6],
      [null, 5],
      [7, null],
      [null, null],
    ];
    const known = { pairs: 2, unknown: 3, interval: null, relative: 1 };
    assert.deepEqual(compareResources(costing(pairs), 1), [
      { ...known, resource: 'cost', unit: 'usd', baseline: 2, candidate: 4, difference: 2 },
      { ...known, resource: 'tokens', unit: 'tokens', baseline: 20, candidate: 40, difference: 20 },
      { ...known, resource: 'latency', unit: 'ms', baseline: 200, candidate: 400, difference: 200 },
    ]);
  });

  it('is unknown without such a pair, and has no share of nothing', () => {
    const [unknown] = compareResources(costing([[null, 1]]), 1);
    assert.deepEqual(unknown, {
      resource: 'cost',
      unit: 'usd',
      pairs: 0,
      unknown: 1,
      baseline: null,
      candidate: null,
      difference: null,
      interval: null,
      relative: null,
    });
    const [free] = compareResources(costing([[0, 1]]), 1);
    assert.deepEqual([free?.baseline, free?.difference, free?.relative], [0, 1, null]);
    assert.equal(compareResources(costing([[0.5, 0.75]]), 1)[0]?.relative, 0.5);
  });

  it('has an interval from 20 clusters on', () => {
    const intervalOf = (cases: CaseComparison[]) => compareResources(cases, 1)[0]?.interval ?? null;
    assert.equal(intervalOf(costing(swaying(19))), null);
    assert.notEqual(intervalOf(costing(swaying(20))), null);
    assert.equal(intervalOf(costing(swaying(38), (at) => `${at >> 1}`)), null);
    assert.equal(intervalOf(costing(Array.from({ length: 20 }, (): Pair => [1, 2]))), null, 'all alike');
    // Student's t at 0.99 with 19 degrees of freedom, by the tables; resamples of such data go by steps of 0.1.
    const least = 2.539483190622288 * Math.sqrt(20 / 19 / 20);
    const found = intervalOf(costing(swaying(20)));
    for (const half of [5 - (found?.low ?? 5), (found?.high ?? 5) - 5])
      assert.ok(half >= least && half < least + 0.1, `${half}`);
  });
});
