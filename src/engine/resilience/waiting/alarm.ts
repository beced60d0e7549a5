import type { Clock } from '../../ports.ts';

/** The longest time that a timer of the system can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** One timer that can be set again. It may ring early, so whoever is called looks at the clock and sets it once more. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Infinity;
  #timer: AbortController | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** `at` is on the monotonic clock, in milliseconds; Infinity stops the timer. */
  set(at: number): void {
    if (at === this.#at) return;
    this.#timer?.abort();
    this.#timer = undefined;
    this.#at = at;
    if (at === Infinity) return;

    const timer = new AbortController();
    this.#timer = timer;
    const waitMs = Math.min(Math.max(0, at - this.#clock.monotonic()), LONGEST_MS);
    this.#clock.sleep(waitMs, timer.signal).then(
      () => this.#rings(timer),
      () => {},
    );
  }

  #rings(timer: AbortController): void {
    if (this.#timer !== timer) return;
    this.#at = Infinity;
    this.#ring();
  }
}
