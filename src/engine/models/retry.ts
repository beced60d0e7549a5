import { LONGEST_WAIT_MS } from '../http/retryAfter.ts';
import type { Clock, Random, Span } from '../ports.ts';
import { EVENT, GENERAL, RETRY } from '../telemetry/attributes.ts';
import { ModelError, restate } from './modelClient.ts';

/** Calls altogether, the first one included. */
export const RETRY_ATTEMPTS = 4;
/** The first back-off is drawn from 0 to this many milliseconds; each further limit doubles, up to the last. */
const BASE_MS = 500;
const MAX_MS = 20_000;

interface RetryOptions {
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  /** On the monotonic clock, in milliseconds. */
  deadline: number;
  /** Gets one `retry` event for each wait. */
  span: Span;
}

/**
 * Repeats a call that failed in a transient way. Waits what the provider asked for, else an exponential
 * back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). A wait that would
 * reach past the deadline is not begun: the error then says when the limit resets. Other errors pass through.
 */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      return await attempt();
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      if (!(error instanceof ModelError) || !error.transient) throw error;

      const waitMs = error.retryAfterMs ?? backoff(done, options.random);
      if (done >= RETRY_ATTEMPTS) throw spent(error, done, options.clock);
      if (options.clock.monotonic() + waitMs >= options.deadline) throw tooLate(error, waitMs, options);

      options.span.event(EVENT.retry, {
        [RETRY.attempt]: done,
        [RETRY.waitMs]: waitMs,
        [GENERAL.errorType]: errorType(error),
      });

      await options.clock.sleep(waitMs, options.signal);
    }
  }
}

/** Low-cardinality `error.type`: the HTTP status where there is one, else the code. */
export function errorType(error: ModelError): string {
  return error.status === undefined ? error.code : String(error.status);
}

/** Milliseconds to wait after so many attempts. */
export function backoff(done: number, random: Random): number {
  return random.next() * Math.min(MAX_MS, BASE_MS * 2 ** (done - 1));
}

function spent(error: ModelError, attempts: number, clock: Clock): ModelError {
  return restate(error, `${error.message} (after ${attempts} attempts${resetsAt(error, clock)})`);
}

function tooLate(error: ModelError, waitMs: number, { clock, deadline }: RetryOptions): ModelError {
  const leftMs = Math.max(0, deadline - clock.monotonic());
  const limit =
    error.retryAfterMs === undefined
      ? `the next attempt would begin in ${seconds(waitMs)}`
      : `the limit resets in ${wait(waitMs)}${resetsAt(error, clock)}`;
  return restate(
    error,
    `${error.message} (${limit}, but only ${seconds(leftMs)} of the call's time are left)`,
  );
}

function resetsAt({ retryAfterMs }: ModelError, clock: Clock): string {
  // The longest wait stands for any longer one, so when it ends is unknown.
  if (!retryAfterMs || retryAfterMs >= LONGEST_WAIT_MS) return '';
  return `, at ${new Date(clock.now() + retryAfterMs).toISOString()}`;
}

function wait(ms: number): string {
  return ms >= LONGEST_WAIT_MS ? 'more than a year' : seconds(ms);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
