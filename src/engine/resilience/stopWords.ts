import { LONGEST_WAIT_MS } from '../http/retryAfter.ts';
import type { Clock } from '../ports.ts';
import type { Answered } from './guard.ts';

/** Why a failed call was not made again, to stand behind what it failed with; empty where there is nothing to say. */
export function stopWords({ attempts, ending, stop }: Answered<unknown>, clock: Clock): string {
  const decision = ending?.decision;
  const until = decision && 'until' in decision ? decision.until : undefined;
  const after = attempts === 1 ? 'after 1 attempt' : `after ${attempts} attempts`;
  switch (stop?.kind) {
    case undefined:
      return attempts === 1 ? '' : ` (${after})`;
    case 'attempts':
    case 'probe':
      return ` (${after}${timeOf(until, clock)})`;
    case 'budget':
      return ` (${after}: the retry budget of the provider is used up${timeOf(until, clock)})`;
    case 'rejected':
      return ` (${after}: ${stop.rejection.message})`;
    case 'deadline': {
      const left = `but only ${seconds(stop.leftMs)} of the call's time are left`;
      if (until === undefined) return ` (the next attempt would begin in ${seconds(stop.waitMs)}, ${left})`;
      return ` (the limit resets in ${wait(stop.waitMs)}${timeOf(until, clock)}, ${left})`;
    }
  }
}

/** `, at 2026-11-05T12:00:10.050Z`, for a time on the monotonic clock. */
function timeOf(until: number | undefined, clock: Clock): string {
  if (until === undefined) return '';
  const waitMs = until - clock.monotonic();
  // The longest wait stands for any longer one, so when it ends is unknown.
  if (waitMs <= 0 || waitMs >= LONGEST_WAIT_MS) return '';
  return `, at ${new Date(clock.now() + waitMs).toISOString()}`;
}

function wait(ms: number): string {
  return ms >= LONGEST_WAIT_MS ? 'more than a year' : seconds(ms);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
