const SLOT_MS = 1000;
const SLOTS = 60;

/** How much there was in the last minute, by seconds. */
export class MinuteCount {
  readonly #amounts = new Float64Array(SLOTS);
  #slot = 0;

  add(amount: number, now: number): void {
    this.#pass(now);
    this.#amounts[this.#slot % SLOTS] = (this.#amounts[this.#slot % SLOTS] ?? 0) + amount;
  }

  sum(now: number): number {
    this.#pass(now);
    return this.#amounts.reduce((sum, amount) => sum + amount, 0);
  }

  /** What there was, and when, the earliest first. */
  parts(now: number): { at: number; amount: number }[] {
    this.#pass(now);
    const parts: { at: number; amount: number }[] = [];
    for (let slot = this.#slot - SLOTS + 1; slot <= this.#slot; slot++) {
      const amount = slot < 0 ? 0 : (this.#amounts[slot % SLOTS] ?? 0);
      // As late as it may have been.
      if (amount > 0) parts.push({ at: Math.min(now, (slot + 1) * SLOT_MS), amount });
    }
    return parts;
  }

  #pass(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let passed = Math.max(this.#slot + 1, slot - SLOTS + 1); passed <= slot; passed++)
      this.#amounts[passed % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
