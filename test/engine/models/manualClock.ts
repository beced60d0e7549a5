import type { Clock, Random } from '../../../src/engine/ports.ts';

export interface ManualClock extends Clock {
  /** Every wait that was asked for and was short enough to resolve at once, in milliseconds. */
  readonly sleeps: number[];
  /** How many sleeps still wait. */
  readonly waiting: number;
  /** Moves time on and wakes whoever is due. */
  advance(ms: number): void;
}

/**
 * A clock without real time. A sleep of at most `patienceMs` moves the time on by itself and resolves at once;
 * a longer one, such as a call's time limit, waits for `advance` or for the short sleeps to add up to it.
 */
export function manualClock(patienceMs: number, start = Date.parse('2026-11-05T12:00:00Z')): ManualClock {
  let elapsed = 0;
  const sleeps: number[] = [];
  const pending = new Set<{ due: number; wake: () => void }>();
  const advance = (ms: number) => {
    elapsed += ms;
    for (const timer of pending) {
      if (timer.due > elapsed) continue;
      pending.delete(timer);
      timer.wake();
    }
  };
  return {
    sleeps,
    advance,
    get waiting() {
      return pending.size;
    },
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after: (ms, work) => {
      const timer = { due: elapsed + ms, wake: work };
      pending.add(timer);
      return () => void pending.delete(timer);
    },
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (ms <= patienceMs) {
        sleeps.push(ms);
        advance(ms);
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const timer = { due: elapsed + ms, wake: resolve };
        pending.add(timer);
        signal?.addEventListener('abort', () => {
          pending.delete(timer);
          reject(signal.reason);
        });
      });
    },
  };
}

/** Counts upwards: `next` gives the values in turn, `hex` different strings. */
export function countingRandom(values: number[] = [0.5]): Random {
  let drawn = 0;
  return {
    next: () => values[drawn++ % values.length] ?? 0,
    hex: (bytes) => (drawn++).toString(16).padStart(bytes * 2, '0'),
  };
}
