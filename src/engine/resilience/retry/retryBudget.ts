/** Calls and retries count for so long, in slots of a twelfth. */
const WINDOW_MS = 120_000;
const SLOTS = 12;
const SLOT_MS = WINDOW_MS / SLOTS;
/** Retries that are allowed however few calls there were, so that the first calls of a run may be repeated, too. */
const FLOOR = 20;

interface Slot {
  /** Which twelfth of a window it counts, from the start of the clock. */
  number: number;
  calls: number;
  retries: number;
}

/**
 * How many retries a provider gets: a share of its calls over the last two minutes, and a few more. So retries never multiply an
 * outage: when every call fails, a tenth more calls are made, not three times as many.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ number: -1, calls: 0, retries: 0 }));

  /** `share` of the calls may be retries, 0 to 1; 0 allows none at all. */
  constructor(share: number) {
    this.#share = share;
  }

  /** A call was made for the first time. Times are monotonic, in milliseconds. */
  earned(now: number): void {
    this.#slot(now).calls++;
  }

  /** False where nothing is left; else one retry is taken. */
  take(now: number): boolean {
    const { retries, allowed } = this.#sums(now);
    if (retries + 1 > allowed) return false;
    this.#slot(now).retries++;
    return true;
  }

  /** What is left of what is allowed, 0 to 1. */
  share(now: number): number {
    const { retries, allowed } = this.#sums(now);
    return allowed > 0 ? Math.max(0, 1 - retries / allowed) : 0;
  }

  #sums(now: number): { retries: number; allowed: number } {
    const oldest = Math.floor(now / SLOT_MS) - SLOTS;
    let calls = 0;
    let retries = 0;
    for (const slot of this.#slots) {
      if (slot.number <= oldest) continue;
      calls += slot.calls;
      retries += slot.retries;
    }
    return { retries, allowed: this.#share === 0 ? 0 : FLOOR + this.#share * calls };
  }

  #slot(now: number): Slot {
    const number = Math.floor(now / SLOT_MS);
    const at = number % SLOTS;
    const slot = this.#slots[at];
    if (slot && slot.number >= number) return slot;

    const fresh = { number, calls: 0, retries: 0 };
    this.#slots[at] = fresh;
    return fresh;
  }
}
