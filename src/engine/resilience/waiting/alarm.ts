import type { Clock } from '../../ports.ts';

/** The longest time that a timer of the system can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;
/** A timer may ring a little early. One that rings so often before its time is believed: its clock stands still. */
const MOST_EARLY = 20;

/**
 * One timer that can be set again. It may ring early, so whoever is called looks at the time that it is given, and sets it once more.
 * That time is the clock's; where sleeping does not move the clock, it is what the timer was set to, so that every wait ends.
 */
export class Alarm {
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly #ring: (now: number) => void;
  #at = Infinity;
  #timer: AbortController | undefined;
  /** What it rang for too early, and how often in a row. */
  #early = { at: Infinity, times: 0 };

  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>, ring: (now: number) => void) {
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
    const waitMs = Math.max(0, at - this.#clock.monotonic());
    this.#clock.sleep(Math.min(waitMs, LONGEST_MS), timer.signal).then(
      () => this.#rings(timer, at, waitMs > LONGEST_MS),
      () => {},
    );
  }

  #rings(timer: AbortController, at: number, goesOn: boolean): void {
    if (this.#timer !== timer) return;
    this.#at = Infinity;
    this.#ring(goesOn ? this.#clock.monotonic() : this.#timeAt(at));
  }

  #timeAt(at: number): number {
    const now = this.#clock.monotonic();
    if (now >= at) return now;

    const early = this.#early;
    this.#early = { at, times: at === early.at ? early.times + 1 : 1 };
    return this.#early.times < MOST_EARLY ? now : at;
  }
}
