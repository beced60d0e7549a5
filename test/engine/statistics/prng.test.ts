import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';

/** The authors' C code, word for word, in whole-number arithmetic of its own. */
function reference(state: bigint[], count: number): number[] {
  const mask = 0xffff_ffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const s = [...state] as [bigint, bigint, bigint, bigint];
  return Array.from({ length: count }, () => {
    const result = (rotl((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11n);
    return Number(result);
  });
}

describe('Xoshiro128', () => {
  it('gives the words of the published algorithm', () => {
    const random = new Xoshiro128([1, 2, 3, 4]);
    const words = Array.from({ length: 1000 }, () => random.nextUint32());
    assert.deepEqual(words.slice(0, 4), [11520, 0, 5927040, 70819200]);
    assert.deepEqual(words, reference([1n, 2n, 3n, 4n], 1000));
  });

  it('is the same for the same seed and another for another', () => {
    const draw = (seed: number) => {
      const random = Xoshiro128.seeded(seed);
      return [random.next(), random.next(), random.next()];
    };
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.ok(draw(0).every((value) => value >= 0 && value < 1));
  });

  it('fills its state by SplitMix32, with the finaliser of MurmurHash3', () => {
    const mask = 0xffff_ffffn;
    const finalised = (counter: bigint) => {
      let h = counter & mask;
      h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & mask;
      h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & mask;
      return h ^ (h >> 16n);
    };
    for (const seed of [0, 1, 7, -5, 2 ** 32 + 3]) {
      const state = [1n, 2n, 3n, 4n].map((step) => finalised(BigInt(seed) + step * 0x9e3779b9n));
      const last = state.pop() ?? 0n;
      const random = Xoshiro128.seeded(seed);
      const words = Array.from({ length: 20 }, () => random.nextUint32());
      assert.deepEqual(words, reference([...state, last | 1n], 20));
    }
  });

  it('gives shares and whole numbers below a limit', () => {
    const random = () => new Xoshiro128([1, 2, 3, 4]);
    assert.equal(random().next(), 11_520 / 2 ** 32);
    assert.equal(random().below(1_000_000), Math.floor((11_520 / 2 ** 32) * 1_000_000));
    const one = Xoshiro128.seeded(9);
    const drawn = new Set(Array.from({ length: 200 }, () => one.below(5)));
    assert.deepEqual([...drawn].sort(), [0, 1, 2, 3, 4]);
  });

  it('shuffles every item to every place about equally often', () => {
    const random = Xoshiro128.seeded(5);
    assert.deepEqual(random.shuffled([1, 2, 3, 4]).sort(), [1, 2, 3, 4]);
    const counts = new Map<string, number>();
    for (let round = 0; round < 6000; round += 1) {
      const order = random.shuffled(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    // Six standard deviations of a count with mean 1000.
    for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 6 * Math.sqrt(1000 * (5 / 6)));
  });
});
