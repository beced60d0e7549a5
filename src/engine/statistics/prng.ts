/**
 * xoshiro128**: a small generator of pseudo-random numbers with a period of 2^128 − 1, for resampling that
 * gives the same figures for the same seed. Blackman & Vigna 2021, ACM Trans. Math. Softw. 47(4), 36;
 * https://prng.di.unimi.it/xoshiro128starstar.c. Not for secrets.
 */
export class Xoshiro128 {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Any four 32-bit words, not all zero. */
  constructor(state: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** Fills the state from one number with SplitMix32 (the finaliser of MurmurHash3), as its authors advise. */
  static seeded(seed: number): Xoshiro128 {
    let counter = seed | 0;
    const word = (): number => {
      counter = (counter + 0x9e3779b9) | 0;
      let mixed = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return (mixed ^ (mixed >>> 16)) | 0;
    };
    return new Xoshiro128([word(), word(), word(), word() | 1]);
  }

  /** Uniform among the integers from 0 to 2^32 − 1. */
  nextUint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return scrambled;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.nextUint32() / 0x1_0000_0000;
  }

  /** Uniform among the integers from 0 to `limit` − 1; `limit` is far below 2^32, so the bias is negligible. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A shuffled copy: Fisher & Yates, as in Durstenfeld 1964, CACM 7, 420. */
  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const held = order[last] as T;
      order[last] = order[other] as T;
      order[other] = held;
    }
    return order;
  }
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
