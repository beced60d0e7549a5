import type { Clock } from '../../ports.ts';

/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;

/** Waits for a time that is put off again and again, with one timer where it is put off only. */
export class WaitLimit {
  readonly #clock: Clock;
  /** When it is time, on the monotonic clock; asked again whenever that may have come. Undefined: not now. */
  readonly #due: () => number | undefined;
  readonly #ring: () => void;
  #stopTimer: (() => void) | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, due: () => number | undefined, ring: () => void) {
    this.#clock = clock;
    this.#due = due;
    this.#ring = ring;
  }

  /** What it waits for may have come nearer. */
  check(): void {
    const at = this.#due();
    if (at === undefined || at >= this.#at) return;
    this.#stopTimer?.();

    this.#at = at;
    const waitMs = Math.min(LONGEST_MS, Math.max(1, at - this.#clock.monotonic()));
    this.#stopTimer = this.#clock.after(waitMs, () => this.#wake());
  }

  end(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#at = Number.NEGATIVE_INFINITY;
  }

  #wake(): void {
    this.#stopTimer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
    const at = this.#due();
    if (at !== undefined && at <= this.#clock.monotonic()) this.#ring();
    else this.check();
  }
}
