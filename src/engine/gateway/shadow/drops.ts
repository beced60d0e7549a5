import type { LoopLoss } from './tools/toolLoops.ts';

/**
 * Why a copy was not made, or no pair came of it. `interference`: it fell into a slice of time without copies. `unsuccessful`: the
 * primary itself gave no answer. `mid-loop`: an agent's loop was under way before. The rest begins with what refused the copy.
 */
export type DropReason =
  | 'interference'
  | 'queue-full'
  | 'too-long'
  | 'unsafe'
  | 'unsuccessful'
  | 'nothing-to-judge'
  | 'unreadable'
  | 'mid-loop'
  | LoopLoss
  | 'time-limit'
  | 'sink-full'
  | 'stopped'
  | 'failed'
  | Refusal;

type Refusal = 'budget' | 'bulkhead' | 'breaker' | 'refused';

/** Counts copies that came to nothing, by reason. */
export class Drops {
  readonly #counts: Map<string, number>;

  /** `before`: those of an earlier process. */
  constructor(before: { readonly [reason: string]: number } = {}) {
    this.#counts = new Map(Object.entries(before));
  }

  add(reason: DropReason, count = 1): void {
    if (count > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
  }

  get counts(): { readonly [reason: string]: number } {
    return Object.fromEntries(this.#counts);
  }
}

/** The policy of ours that refused a copy, as its reply names it. */
export function refusalOf(header: string | undefined): DropReason {
  return header === 'budget' || header === 'bulkhead' || header === 'breaker' ? header : 'refused';
}
