import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  boundedMeanInterval,
  boundedMeanP,
  boundedMeanTest,
  boundedShareInterval,
} from '../../../src/engine/statistics/boundedMean.ts';
import { oddsRatio } from '../../../src/engine/statistics/effectSize.ts';
import { exactMcNemar } from '../../../src/engine/statistics/mcnemar.ts';

const times = (count: number, sum: number, n = 1) => Array.from({ length: count }, () => ({ sum, n }));

function near(found: number, right: number): void {
  assert.ok(Math.abs(found / right - 1) < 1e-6, `${found} is ${right}`);
}

describe('the bounded mean', () => {
  it('is McNemar’s exact test for single pairs, two-sided as well', () => {
    for (const [up, down] of [
      [9, 1],
      [3, 14],
      [5, 5],
      [0, 0],
      [6, 5],
    ] as const)
      near(boundedMeanTest([...times(up, 1), ...times(down, -1), ...times(4, 0)]), exactMcNemar(up, down));
  });

  it('says the same of clusters one by one as of their numbers', () => {
    // SciPy: beta.ppf([0.025, 0.975], [300, 301], [101, 100]), binom.sf(299, 400, 0.5).
    const [low, high, p] = [0.70455828, 0.79169849, 1.2959434534860554e-24];
    for (const shares of [
      [...times(300, 1), ...times(100, 0)],
      [
        { sum: 1, n: 1, count: 300 },
        { sum: 0, n: 1, count: 100 },
      ],
      [...times(150, 1), { sum: 1, n: 1, count: 150 }, ...times(99, 0), { sum: 0, n: 1 }],
    ]) {
      const interval = boundedShareInterval(shares);
      near(interval.low, low);
      near(interval.high, high);
      const signs = shares.map(({ sum, ...rest }) => ({ ...rest, sum: 2 * sum - 1 }));
      near(boundedMeanP(signs, 0).atMost, p);
      near(boundedMeanInterval(signs).low, 2 * low - 1);
      near(boundedMeanInterval(signs).high, 2 * high - 1);
    }
  });

  it('tells clusters of one sum and different sizes apart', () => {
    const listed = [...times(20, 1, 1), ...times(20, 1, 3), ...times(20, -1, 3)];
    const counted = [
      { sum: 1, n: 1, count: 20 },
      { sum: 1, n: 3, count: 20 },
      { sum: -1, n: 3, count: 20 },
    ];
    for (const at of [-0.2, 0, 0.25]) {
      near(boundedMeanP(listed, at).atMost, boundedMeanP(counted, at).atMost);
      near(boundedMeanP(listed, at).atLeast, boundedMeanP(counted, at).atLeast);
    }
  });

  it('knows little of one cluster, and never leaves −1 to 1', () => {
    // With one value of 0, P(E_1 (0 − m) ≤ E_0 (1 + m)) is 1 + m.
    const one = boundedMeanInterval(times(1, 0));
    near(one.low, -0.975);
    near(one.high, 0.975);
    assert.equal(boundedMeanInterval(times(10, -1)).low, -1);
    assert.equal(boundedMeanInterval(times(10, 1)).high, 1);
  });

  it('holds 0 exactly when the odds hold 1, for clusters of any size', () => {
    const cluster = fc
      .record({ n: fc.integer({ min: 1, max: 4 }), gain: fc.nat(4), loss: fc.nat(4) })
      .filter(({ n, gain, loss }) => gain + loss <= n);
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 4, maxLength: 25 }), (clusters) => {
        const odds = oddsRatio(clusters);
        const sums = clusters.map(({ gain, loss, n }) => ({ sum: gain - loss, n }));
        const { low, high } = boundedMeanInterval(sums);
        if (!odds || Math.min(Math.abs(low), Math.abs(high)) < 1e-6) return;
        assert.deepEqual([odds.low > 1, odds.high !== null && odds.high < 1], [low > 0, high < 0]);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
