import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ClusteredMean } from '../../../src/engine/statistics/clusteredMean.ts';
import { skip } from '../../support/skip.ts';

type Row = [value: number, cluster: string | undefined];

function estimate(rows: readonly Row[]) {
  const mean = new ClusteredMean();
  for (const [value, cluster] of rows) mean.add(value, cluster);
  return mean.estimate();
}

/** statsmodels 0.13.5: OLS(y, 1).fit(cov_type='cluster', cov_kwds={'groups': g}), bse[0]. */
const REFERENCE: { rows: Row[]; mean: number; standardError: number }[] = [
  {
    rows: [
      [1, 'a'],
      [0.5, 'a'],
      [0, 'b'],
      [0.25, 'b'],
      [1, 'c'],
      [1, 'd'],
      [0.75, 'd'],
    ],
    mean: 0.6428571428571429,
    standardError: 0.1994369416907353,
  },
];

describe('ClusteredMean', () => {
  it('has no estimate without values, and no standard error for one cluster', () => {
    assert.equal(estimate([]), null);
    assert.equal(
      estimate([
        [1, 'a'],
        [0, 'a'],
      ])?.standardError,
      null,
    );
  });

  it('takes numbers for clusters, in ascending order over and over', () => {
    const rows: [number, number | undefined][] = [
      [1, 1],
      [0.5, 2],
      [0, 7],
      [0.25, 1],
      [1, 2],
      [0.75, 7],
      [0.5, undefined],
      [0, undefined],
    ];
    const [numbered, named] = [new ClusteredMean(), new ClusteredMean()];
    for (const [value, cluster] of rows) {
      numbered.add(value, cluster);
      named.add(value, cluster === undefined ? undefined : `c${cluster}`);
    }
    assert.equal(numbered.estimate()?.clusters, 5);
    assert.deepEqual(numbered.estimate(), named.estimate());
    assert.deepEqual(
      [...numbered.named()],
      [
        { n: 2, sum: 1.25 },
        { n: 2, sum: 1.5 },
        { n: 2, sum: 0.75 },
      ],
    );
    assert.deepEqual([...named.named()], [...numbered.named()]);
    numbered.add(0, 'more');
    assert.equal(numbered.estimate()?.clusters, 6);
  });

  it('tells rounding from a small difference', () => {
    for (const cluster of [() => undefined, (index: number) => `c${index}`]) {
      const same = estimate(Array.from({ length: 10_000 }, (_, index) => [0.1, cluster(index)]));
      assert.equal(same?.standardError, 0);
      const differing = estimate([1, 1.00001].map((value, index) => [value, cluster(index)]));
      assert.ok(Math.abs((differing?.standardError ?? 0) - 5e-6) < 1e-10);
    }
  });

  it('equals the ordinary standard error when every value is its own cluster', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 50 }),
        (values) => {
          const n = values.length;
          const mean = values.reduce((a, b) => a + b, 0) / n;
          const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
          const alone = estimate(values.map((value) => [value, undefined]));
          const named = estimate(values.map((value, index) => [value, `c${index}`]));
          for (const found of [alone, named])
            assert.ok(Math.abs((found?.standardError ?? -1) - Math.sqrt(variance / n)) < 1e-9);
        },
      ),
    );
  });

  for (const { rows, mean, standardError } of REFERENCE) {
    it('agrees with statsmodels on stored values', () => {
      const found = estimate(rows);
      assert.ok(Math.abs((found?.mean ?? 0) - mean) < 1e-12);
      assert.ok(Math.abs((found?.standardError ?? 0) - standardError) < 1e-9);
    });
  }

  it('agrees with statsmodels on random clusters, where it is installed', function () {
    const rows = fc.sample(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('a', 'b', 'c', 'd', 'e')),
      { numRuns: 60, seed: 7 },
    );
    const script = `
import json, sys
import numpy as np, statsmodels.api as sm
rows = json.load(sys.stdin)
y = np.array([r[0] for r in rows]); g = np.array([ord(r[1]) for r in rows])
fit = sm.OLS(y, np.ones(len(y))).fit(cov_type='cluster', cov_kwds={'groups': g})
print(json.dumps([float(fit.params[0]), float(fit.bse[0])]))`;
    const python = spawnSync('/usr/bin/python3', ['-c', script], {
      input: JSON.stringify(rows),
      encoding: 'utf8',
    });
    if (python.status !== 0) skip(this, 'python3 with statsmodels is not installed');
    const [mean, standardError] = JSON.parse(python.stdout) as [number, number];
    const found = estimate(rows);
    assert.ok(Math.abs((found?.mean ?? 0) - mean) < 1e-10);
    assert.ok(Math.abs((found?.standardError ?? 0) - standardError) < 1e-10);
  });
});
