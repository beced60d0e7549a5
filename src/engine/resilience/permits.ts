import type { Ending, Permit } from './policy.ts';

/** Permits that are given back together, the innermost first. */
export class Permits {
  #permits: Permit[] = [];

  add(permit: Permit): void {
    this.#permits.push(permit);
  }

  /** Whether one of them is a breaker's leave for a probe. */
  get probe(): boolean {
    return this.#permits.some(({ probe }) => probe === true);
  }

  /** Whether one of them must be asked for again: others were waited for, and much may have happened meanwhile. */
  get stale(): boolean {
    return this.#permits.some(({ stale }) => stale === true);
  }

  settle(ending: Ending): void {
    const permits = this.#permits;
    this.#permits = [];
    for (const permit of permits.reverse()) permit.settle(ending);
  }
}
