import type { Ending, Permit } from './policy.ts';

/** Permits that are given back together, the innermost first. */
export class Permits {
  #held: Permit[] = [];

  add(permit: Permit): void {
    this.#held.push(permit);
  }

  settle(ending: Ending): void {
    const held = this.#held;
    this.#held = [];
    for (const permit of held.reverse()) permit.settle(ending);
  }
}
