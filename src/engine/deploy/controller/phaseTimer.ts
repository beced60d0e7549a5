import type { Clock } from '../../ports.ts';

/** A clock that is set right goes back by less, in milliseconds. */
const TOLERANCE_MS = 1000;

/**
 * How long phases last: by the monotonic clock, which nobody sets, as far as this process has seen them, and by the journal's time
 * before. A clock that goes back makes none of it shorter.
 */
export class PhaseTimer {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  #key = '';
  #startedAt = 0;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** Milliseconds of what began at `sinceMs`; `key` tells it from all else. */
  elapsed(key: string, sinceMs: number): number {
    const now = this.#clock.monotonic();
    if (key !== this.#key) {
      this.#key = key;
      this.#startedAt = now - Math.max(0, this.#clock.now() - sinceMs);
    }
    return now - this.#startedAt;
  }

  /** The clock stands before something that has happened already. */
  isBefore(sinceMs: number): boolean {
    return this.#clock.now() < sinceMs - TOLERANCE_MS;
  }
}
