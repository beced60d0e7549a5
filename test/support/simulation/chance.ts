import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';

/** What the worlds of a simulation are drawn with. Equal seeds give equal worlds. */
export class Chance {
  readonly #random: Xoshiro128;

  constructor(seed: number) {
    this.#random = Xoshiro128.seeded(seed);
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.#random.next();
  }

  happens(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** Standard normal, by Box & Muller 1958. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Successes of `trials`. */
  successes(trials: number, probability: number): number {
    let count = 0;
    for (let trial = 0; trial < trials; trial += 1) if (this.happens(probability)) count += 1;
    return count;
  }
}
