import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bootstrapMean, leastP } from '../../../src/engine/statistics/bootstrap.ts';

type Pairs = readonly (readonly [sum: number, n: number])[];

const clustersOf = (pairs: Pairs) => pairs.map(([sum, n]) => ({ sum, n }));

/** Draws that go through all resamples of `k` clusters, each once; `drawn` counts them. */
function allDraws(k: number) {
  const draws = {
    drawn: 0,
    below: (limit: number) => {
      assert.equal(limit, k);
      const resample = Math.floor(draws.drawn / k);
      const at = Math.floor(resample / k ** (draws.drawn % k)) % k;
      draws.drawn += 1;
      return at;
    },
  };
  return draws;
}

function close(found: number | undefined, right: number, what: string): void {
  assert.ok(Math.abs((found ?? Number.NaN) - right) < 1e-9, `${what}: ${found} is ${right}`);
}

describe('the bootstrap of a mean', () => {
  /**
   * By NumPy and SciPy over all k^k resamples: Efron's (6.6) and (7.3), numpy.quantile, widened by √(k/(k−1)) t.ppf. In order:
   * mean, low, high, p, and the interval up to the quantile 0.9.
   */
  const reference: [Pairs, number, number, number, number, number, number][] = [
    [
      [
        [0.31, 1],
        [-0.12, 1],
        [0.05, 2],
        [-2.7, 3],
        [0.23, 1],
        [0.47, 1],
      ],
      -0.195555555556,
      -0.893800444585,
      0.285714285714,
      0.551277530154,
      -0.66875,
      0.1875,
    ],
    [
      [
        [2.9, 3],
        [0.07, 1],
        [-0.11, 1],
        [0.02, 2],
        [-0.33, 1],
        [-0.19, 1],
      ],
      0.262222222222,
      -0.18,
      0.960629889372,
      0.544724078532,
      -0.112857142857,
      0.720833333333,
    ],
    [
      [
        [2, 2],
        [0.5, 1],
        [-0.25, 1],
        [0, 3],
        [0.75, 1],
      ],
      0.375,
      -0.142857142857,
      0.972222222222,
      0.161359234995,
      0.027777777778,
      0.8125,
    ],
    // Its p of 0.0408 is less than the signs of five clusters can show.
    [
      [
        [0.5, 1],
        [0.25, 2],
        [1, 3],
        [0.75, 1],
        [0.1, 1],
      ],
      0.325,
      0.108333333333,
      0.7,
      0.0625,
      0.185,
      0.5,
    ],
  ];
  for (const [index, [pairs, mean, low, high, p, low80, high80]] of reference.entries())
    it(`is that of all resamples of list ${index}`, () => {
      const k = pairs.length;
      const found = bootstrapMean(clustersOf(pairs), allDraws(k), k ** k);
      close(found?.mean, mean, 'mean');
      close(found?.interval?.low, low, 'low');
      close(found?.interval?.high, high, 'high');
      close(found?.p, p, 'p');
      const narrower = bootstrapMean(clustersOf(pairs), allDraws(k), k ** k, 0.9)?.interval;
      close(narrower?.low, low80, 'low up to 0.9');
      close(narrower?.high, high80, 'high up to 0.9');
    });

  it('is resolved where resamples lie on both sides of 0, or on it', () => {
    for (const sign of [1, -1])
      for (const [list, resolved] of [
        [[1, -1, 0.5, -0.5, 0.2], true],
        [[0, 1, 0.5, 2, 0.2], true],
        [[0.1, 1, 0.5, 2, 0.2], false],
      ] as const) {
        const pairs = list.map((sum) => [sign * sum, 1] as const);
        assert.equal(bootstrapMean(clustersOf(pairs), allDraws(5), 5 ** 5)?.resolved, resolved);
      }
  });

  it('has no interval where all clusters are alike, and needs but two resamples that differ', () => {
    const alike = (sum: number) =>
      bootstrapMean(clustersOf(Array.from({ length: 6 }, () => [sum, 1] as const)), allDraws(6), 50);
    assert.deepEqual(alike(0), { mean: 0, interval: null, p: 1, resolved: false });
    assert.deepEqual(alike(0.5), { mean: 0.5, interval: null, p: 2 ** -5, resolved: false });
    const varying = (list: readonly number[]) =>
      bootstrapMean(
        list.map((sum) => ({ sum, n: 1 })),
        allDraws(5),
        5 ** 5,
      )?.interval;
    assert.equal(varying([0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3]), null);
    assert.ok(varying([1, 1 + 1e-8, 1, 1 + 1e-8, 1]));
    assert.ok(varying([0.001, 0.001 + 1e-10, 0.001, 0.001, 0.001]));
    // The first cluster five times, and the second once with the first four times.
    const found = bootstrapMean(
      [0.25, 0.75, 0.75, 0.75, 0.75].map((sum) => ({ sum, n: 1 })),
      allDraws(5),
      2,
    );
    assert.ok(found?.interval && found.interval.low >= 0.25 && found.interval.high <= 0.35);
  });

  it('draws some thousand times, less often from many clusters', () => {
    for (const [clusters, resamples] of [
      [10, 4000],
      [4000, 2000],
      [10_000, 1000],
    ] as const) {
      let drawn = 0;
      const draws = { below: () => drawn++ % clusters };
      bootstrapMean(
        Array.from({ length: clusters }, (_, at) => ({ sum: at % 3, n: 1 })),
        draws,
      );
      assert.equal(drawn, clusters * resamples);
    }
  });
});

describe('leastP', () => {
  it('is that of all signs of the clusters that differ, but for rounding', () => {
    for (const [sums, p] of [
      [[], 1],
      [[0, 0], 1],
      [[1], 1],
      [[1, -1], 0.5],
      [[0.5, 0.1 + 0.2 - 0.3, -0.25, 1e-9], 0.25],
    ] as const)
      assert.equal(leastP(sums.map((sum) => ({ sum, n: 1 }))), p);
  });
});
