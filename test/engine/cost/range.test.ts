import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { predictSum } from '../../../src/engine/cost/range.ts';
import { callCostRange } from './callCostRange.ts';

describe('the sum of values to come', () => {
  it('is unknown with fewer than five past values', () => {
    assert.equal(predictSum([1, 2, 3, 4], 10), undefined);
    assert.notEqual(predictSum([1, 2, 3, 4, 5], 10), undefined);
  });

  it('is certain when all past values are the same', () => {
    assert.deepEqual(predictSum([7, 7, 7, 7, 7], 10), { low: 70, likely: 70, high: 70 });
  });

  it('is the 95 % prediction interval for one value (t = 2.2622 with 9 degrees of freedom)', () => {
    const past = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const sum = predictSum(past, 1);
    // s² = 82.5 / 9; half = 2.26216 · √(s² · 1.1)
    const half = 2.262157 * Math.sqrt((82.5 / 9) * 1.1);
    assert.equal(sum?.likely, 5.5);
    assert.ok(Math.abs((sum?.high ?? 0) - (5.5 + half)) < 1e-4);
    assert.equal(sum?.low, 0);
  });

  it('holds 95 of 100 sums of values that are drawn like the past ones', () => {
    const share = callCostRange();
    assert.ok(share > 0.92 && share <= 1, `${share}`);
  });
});
