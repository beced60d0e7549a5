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

  #pass(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    for (let passed = Math.max(this.#slot + 1, slot - SLOTS + 1); passed <= slot; passed++)
      this.#amounts[passed % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}
