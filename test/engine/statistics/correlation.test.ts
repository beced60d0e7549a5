import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pearson, spearman } from '../../../src/engine/statistics/correlation.ts';

const repeated = (values: readonly number[], times: number) =>
  Array.from({ length: times }, () => values).flat();

describe('the correlation of two lists', () => {
  it('is 1 or −1 on a line, and never more, whatever the rounding', () => {
    for (const x of [
      [1, 2],
      [0.1, 0.5, 6 / 7],
      [0.1, 0.7, 8 / 7],
      [1, 1 + 1e-10, 1],
    ])
      for (const slope of [3, -3]) {
        const found = pearson(
          x,
          x.map((value) => slope * value),
        );
        assert.ok(Math.abs((found ?? 0) - Math.sign(slope)) < 1e-4 && Math.abs(found ?? 2) <= 1, `${found}`);
      }
    assert.equal(spearman([1, 5, 7], [9, 4, 2]), -1);
  });

  it('is unknown where one side does not vary but by rounding, or there are no two pairs', () => {
    const x = [1, 2, 3];
    for (const same of [
      [0, 0, 0],
      [5, 5, 5],
      [0.1 + 0.2, 0.3, 0.3],
      [(0.1 + 0.2) * 1e6, 300_000, 300_000],
    ])
      assert.deepEqual([pearson(same, x), pearson(x, same)], [null, null], `${same}`);
    const rounded = repeated([1 + 1e-13, 1 - 1e-13], 50);
    assert.equal(pearson(rounded, repeated([1, 2], 50)), null);
    assert.equal(pearson([], []), null);
    assert.equal(pearson([1], [2]), null);
  });
});
