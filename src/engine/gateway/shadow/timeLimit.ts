import type { Clock } from '../../ports.ts';

/** A signal that comes when time is up, or with the outer one, and rejects `expired`. `clear` when it is no longer needed. */
export function timeLimit(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
): { signal: AbortSignal; expired: Promise<never>; clear(): void } {
  const limit = new AbortController();
  const over = new AbortController();
  const expired = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true });
  });

  // The outer signal lives much longer, and must not keep what belongs to this one.
  const stop = () => limit.abort(outer.reason);
  outer.addEventListener('abort', stop, { once: true });
  if (outer.aborted) stop();
  clock.sleep(ms, over.signal).then(
    () => limit.abort(new Error('the time limit is reached')),
    () => {},
  );

  return {
    signal: limit.signal,
    expired,
    clear() {
      over.abort();
      outer.removeEventListener('abort', stop);
    },
  };
}

const HOUR_MS = 3_600_000;

/** Resolves at a time since the epoch, in milliseconds; with false as soon as the signal is aborted. */
export async function reached(clock: Clock, endMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    // Timers do not reach further than some weeks, and a machine sleeps.
    for (let left = endMs - clock.now(); left > 0; left = endMs - clock.now())
      await clock.sleep(Math.min(left, HOUR_MS), signal);
  } catch {
    return false;
  }
  return true;
}
