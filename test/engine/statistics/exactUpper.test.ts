import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { upperBoundOfNone } from '../../../src/engine/statistics/exactUpper.ts';

describe('the exact upper bound of a proportion that was never seen', () => {
  // SciPy 1.x: beta.ppf(confidence, 1, n)
  for (const [n, confidence, bound] of [
    [148, 0.95, 0.02003795168910416],
    [149, 0.95, 0.019904816220685077],
    [1, 0.95, 0.95],
    [10, 0.5, 0.06696700846319258],
  ] as const)
    it(`is ${bound.toPrecision(4)} for none of ${n} at ${confidence}`, () =>
      assert.ok(Math.abs(upperBoundOfNone(n, confidence) / bound - 1) < 1e-12));

  it('is 1 where nothing was tried', () => assert.equal(upperBoundOfNone(0, 0.95), 1));
});
