import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cautiousMean } from '../../../src/engine/statistics/cautiousMean.ts';
import { ClusteredMean } from '../../../src/engine/statistics/clusteredMean.ts';
import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';

function cautious(values: readonly number[]) {
  const mean = new ClusteredMean();
  for (const value of values) mean.add(value, undefined);
  const clusters = values.map((sum) => ({ sum, n: 1 }));
  return cautiousMean(clusters, mean.estimate() ?? assert.fail(), Xoshiro128.seeded(1));
}

describe('the cautious mean', () => {
  it('has no interval where all clusters are alike but for rounding', () => {
    assert.deepEqual(cautious([0, 0, 0, 0, 0]), { interval: null, p: 1 });
    assert.deepEqual(cautious([1, 1, 1, 1, 1]), { interval: null, p: 2 ** -4 });
    assert.deepEqual(cautious([1, 1 + 1e-8, 1, 1 + 1e-8, 1]), { interval: null, p: 2 ** -4 });
    assert.equal(cautious([1, 2, 3, 4]), null);
  });

  it('is as sure as t and the signs of the clusters allow, not only as resamples can show', () => {
    // t says 3e-32 (SciPy: ttest_1samp), 40 equal signs 2^−39, 4000 resamples not much less than 1/4000.
    assert.equal(cautious(Array.from({ length: 40 }, (_, at) => 0.5 + 0.01 * at))?.p, 2 ** -39);
  });
});
