import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { atMostP, exactShareInterval } from '../../../src/engine/statistics/exactShare.ts';
import { leastCoverage } from '../../support/simulation/exactCoverage.ts';

describe('exactShareInterval', () => {
  // SciPy 1.10.1: binomtest(hits, n).proportion_ci(method='exact'); 81/263, 15/148, 0/20 and 1/29 are those of
  // Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 5 (Clopper–Pearson).
  const published = [
    { hits: 81, n: 263, low: 0.2527, high: 0.3676 },
    { hits: 15, n: 148, low: 0.0578, high: 0.1617 },
    { hits: 0, n: 20, low: 0, high: 0.1684 },
    { hits: 1, n: 29, low: 0.0009, high: 0.1776 },
    { hits: 8, n: 10, low: 0.4439, high: 0.9748 },
    { hits: 54, n: 60, low: 0.7949, high: 0.9624 },
    { hits: 100, n: 100, low: 0.9638, high: 1 },
  ];
  for (const { hits, n, low, high } of published)
    it(`agrees with the published interval for ${hits} of ${n}`, () => {
      const interval = exactShareInterval(hits, n);
      assert.equal(interval?.low.toFixed(4), low.toFixed(4));
      assert.equal(interval?.high.toFixed(4), high.toFixed(4));
    });

  for (const n of [1, 2, 5, 10, 30, 50, 120])
    it(`covers every proportion with 95 %, by enumeration of ${n} trials`, () => {
      const { coverage, at } = leastCoverage(n, (hits) => exactShareInterval(hits, n));
      assert.ok(coverage >= 0.95, `${coverage} at ${at}`);
    });

  it('gives no interval without data, and never for what is no count', () => {
    assert.equal(exactShareInterval(0, 0), null);
    assert.equal(exactShareInterval(Number.NaN, 10), null);
    assert.equal(exactShareInterval(5, Number.NaN), null);
    assert.equal(exactShareInterval(-1, 10), null);
    assert.equal(exactShareInterval(11, 10), null);
  });
});

describe('atMostP', () => {
  it('is the upper tail of the binomial distribution', () => {
    // SciPy: binom.sf(hits - 1, n, share).
    for (const [hits, n, share, p] of [
      [9, 10, 0.5, 0.0107421875],
      [95, 100, 0.9, 0.05757688648703389],
      [300, 1000, 0.25, 0.0001935903219490758],
    ] as const)
      assert.ok(Math.abs(atMostP(hits, n, share) / p - 1) < 1e-4, `${atMostP(hits, n, share)}`);
  });
});
