import type { Clock } from '../../ports.ts';

/** Looks are a few seconds apart; more than this between two of them means that nobody watched, in milliseconds. */
const GAP_MS = 30_000;
/** Wall and monotonic time that part by more than this: somebody set the clock, or the machine slept. */
const JUMP_MS = 2_000;

export interface WatchedTime {
  nowMs: number;
  /** Since the last look, by the monotonic clock; 0 where nobody watched meanwhile. */
  watchedMs: number;
  /** Without a gap since then, in milliseconds since the epoch; null where nothing is received now. */
  sinceMs: number | null;
  /** What was measured before cannot be compared: the clock was set back then. */
  comparableMs: number;
}

/**
 * Knows for how long traffic was watched without a gap. A machine that slept, a clock that was set and a receiver that was off are
 * gaps: nothing is known of them, so no silence is inferred from them, and they hold no condition.
 */
export class WatchTime {
  readonly #clock: Clock;
  #last: { wall: number; monotonic: number; sinceMs: number | null } | undefined;
  #comparableMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  look(receiving: boolean): WatchedTime {
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const last = this.#last;
    const passed = last ? monotonic - last.monotonic : 0;
    const jump = last ? wall - last.wall - passed : 0;
    const isGap = !last || passed > GAP_MS || Math.abs(jump) > JUMP_MS;
    if (jump < -JUMP_MS) this.#comparableMs = wall;
    else if (this.#comparableMs > wall) this.#comparableMs = wall;

    const sinceMs = receiving ? (isGap ? wall : (last.sinceMs ?? wall)) : null;
    this.#last = { wall, monotonic, sinceMs };
    return {
      nowMs: wall,
      watchedMs: isGap ? 0 : passed,
      sinceMs,
      comparableMs: this.#comparableMs,
    };
  }
}
