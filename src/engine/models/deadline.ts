import type { Clock } from '../ports.ts';
import { ModelError } from './modelClient.ts';

/** The time limit of one call. `signal` aborts with the caller's reason, or with a ModelError `timeout`. */
interface Deadline {
  readonly signal: AbortSignal;
  /** On the clock's monotonic scale, in milliseconds. */
  readonly at: number;
  /** Lets go of the timer; must be called when the call has ended. */
  stop(): void;
}

export function startDeadline(clock: Clock, timeoutMs: number, caller: AbortSignal): Deadline {
  const expiry = new AbortController();
  const timer = new AbortController();
  clock.sleep(timeoutMs, timer.signal).then(
    () => {
      const message = `no complete reply within ${timeoutMs / 1000} s`;
      expiry.abort(new ModelError('timeout', message, { transient: true }));
    },
    () => {},
  );
  return {
    signal: AbortSignal.any([caller, expiry.signal]),
    at: clock.monotonic() + timeoutMs,
    stop: () => timer.abort(),
  };
}
