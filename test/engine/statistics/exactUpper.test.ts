import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exactUpperBound } from '../../../src/engine/statistics/exactUpper.ts';

describe('the exact upper bound of a proportion', () => {
  // scipy 1.x: beta.ppf(confidence, hits + 1, n − hits)
  const reference: [hits: number, n: number, confidence: number, bound: number][] = [
    [0, 148, 0.95, 0.02003795168910416],
    [0, 149, 0.95, 0.019904816220685077],
    [1, 50, 0.95, 0.09139813071969738],
    [3, 200, 0.95, 0.03830970849856934],
    [10, 1000, 0.99, 0.02004260590087893],
    [7, 10, 0.95, 0.9127355660858496],
    [499, 1000, 0.95, 0.52548440313541],
    [2, 100_000, 0.95, 6.295658396092174e-5],
  ];
  for (const [hits, n, confidence, bound] of reference)
    it(`is ${bound.toPrecision(4)} for ${hits} of ${n} at ${confidence}`, () => {
      const found = exactUpperBound(hits, n, confidence);
      assert(
        Math.abs(found - bound) < 1e-9 * Math.max(1, bound) && Math.abs(found / bound - 1) < 1e-7,
        `${found}`,
      );
    });

  it('is 1 where nothing was tried, or everything hit', () => {
    assert.equal(exactUpperBound(0, 0), 1);
    assert.equal(exactUpperBound(5, 5), 1);
  });
});
