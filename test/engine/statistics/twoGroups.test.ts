import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fisherExact } from '../../../src/engine/statistics/fisherExact.ts';
import { rankSum } from '../../../src/engine/statistics/rankSum.ts';

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);
}

describe('tests of two groups', () => {
  /** SciPy 1.17.1, fisher_exact. */
  it("Fisher's exact test agrees with SciPy", () => {
    for (const [a = 0, n = 0, b = 0, m = 0, p = 0] of [
      [0, 5, 5, 5, 0.007936507936507938],
      [1, 8, 7, 9, 0.015220074043603458],
      [3, 3, 0, 3, 0.1],
      [10, 40, 25, 45, 0.007642524824437285],
      [0, 4, 0, 6, 1],
      [1, 3, 1, 9, 0.4545454545454546],
      [2, 3, 1, 9, 0.1272727272727273],
      [2, 2, 1, 8, 0.06666666666666667],
      // Another table is exactly as likely; in the next, one is only nearly so.
      [0, 2, 5, 8, 0.4444444444444444],
      [1, 2, 4, 15, 0.5147058823529411],
      [120, 200, 90, 190, 0.014713291217011721],
    ])
      near(fisherExact({ hits: a, n }, { hits: b, n: m }), p);
  });

  /** Enumerated: all splits of the mid-ranks. The last by SciPy 1.17.1, mannwhitneyu, asymptotic. */
  it('the rank-sum test agrees with the enumeration of all splits, ties included', () => {
    near(rankSum([1, 2, 3], [4, 5, 6]), 0.1);
    near(rankSum([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 0.007936507936507936);
    near(rankSum([1, 1, 2, 3], [2, 2, 4, 5, 5]), 0.10317460317460317);
    near(rankSum([5, 5], [5, 5, 5]), 1);
    near(rankSum([3, 9, 1, 7, 7, 2], [8, 8, 10, 4, 7]), 0.15367965367965367);
    assert.equal(rankSum([], [1]), 1);
    assert.equal(rankSum([1], []), 1);

    const left = Array.from({ length: 25 }, (_, index) => index);
    const right = Array.from({ length: 30 }, (_, index) => index + 6.5);
    near(rankSum(left, right), 0.0005821919179632507);
    near(rankSum(right, left), 0.0005821919179632507);
    assert.equal(rankSum(left, left), 1);
    assert.equal(rankSum(Array<number>(30).fill(5), Array<number>(25).fill(5)), 1);
  });

  /** SciPy 1.17.1, mannwhitneyu: exact up to 40 values, asymptotic from 41. */
  it('the rank-sum test is exact up to 40 values', () => {
    const from = (start: number, count: number) => Array.from({ length: count }, (_, index) => start + index);
    near(rankSum(from(0, 20), from(4.5, 20)), 0.030411256038764864);
    near(rankSum(from(0, 20), from(4.5, 21)), 0.01957785382225964);
    const tied = [
      from(0, 25).map((value) => value % 5),
      from(0, 30).map((value) => (value % 6) + 1),
    ] as const;
    near(rankSum(...tied), 0.0028020608924979942);
  });
});
