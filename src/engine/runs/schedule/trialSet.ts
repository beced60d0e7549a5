/** The position of a trial in a run. */
export interface TrialPosition {
  target: number;
  caseIndex: number;
  trial: number;
}

/** Which trials of a run are stored already: one bit each. */
export class TrialSet {
  readonly #bits: Uint8Array;
  readonly #targets: number;
  readonly #repeat: number;
  #size = 0;

  constructor(cases: number, targets: number, repeat: number) {
    this.#targets = targets;
    this.#repeat = repeat;
    this.#bits = new Uint8Array(Math.ceil((cases * targets * repeat) / 8));
  }

  get size(): number {
    return this.#size;
  }

  add(position: TrialPosition): void {
    if (this.has(position)) return;
    const bit = this.#bit(position);
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    this.#size += 1;
  }

  has(position: TrialPosition): boolean {
    const bit = this.#bit(position);
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  /** Whether every trial of a case is there, at every target. */
  hasCase(caseIndex: number): boolean {
    for (let target = 0; target < this.#targets; target += 1)
      for (let trial = 0; trial < this.#repeat; trial += 1)
        if (!this.has({ target, caseIndex, trial })) return false;
    return true;
  }

  #bit({ target, caseIndex, trial }: TrialPosition): number {
    return (caseIndex * this.#targets + target) * this.#repeat + trial;
  }
}
