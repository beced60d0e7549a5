import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { OrderedSums } from '../../../src/engine/statistics/orderedSums.ts';

describe('OrderedSums', () => {
  it('adds up one number that comes alone, over and over', () => {
    for (const key of [0, 5]) {
      const sums = new OrderedSums();
      for (const value of [1, 2, 3]) sums.add(key, value);
      assert.deepEqual([...sums], [{ n: 3, sum: 6 }]);
    }
  });

  it('adds up as a map would, for any subsets of ascending numbers, one after the other', () => {
    const round = fc.uniqueArray(fc.nat(300), { maxLength: 200 }).map((keys) => keys.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(round, { maxLength: 5 }), (rounds) => {
        const sums = new OrderedSums();
        const expected = new Map<number, { n: number; sum: number }>();
        for (const [index, keys] of rounds.entries()) {
          for (const key of keys) {
            sums.add(key, index + 1);
            const { n, sum } = expected.get(key) ?? { n: 0, sum: 0 };
            expected.set(key, { n: n + 1, sum: sum + index + 1 });
          }
        }
        const sorted = [...expected].sort(([a], [b]) => a - b).map(([, entry]) => entry);
        assert.deepEqual([...sums], sorted);
        assert.equal(sums.size, sorted.length);
      }),
    );
  });
});
