import { LONGEST_WAIT_MS } from '../http/retryAfter.ts';
import type { Clock } from '../ports.ts';
import type { Answered } from './guard.ts';
import type { Rejected } from './policy.ts';

/** Why a failed call was not made again, to stand behind what it failed with; empty where there is nothing to say. */
export function stopWords(
  { attempts, stop }: Pick<Answered<unknown>, 'attempts' | 'stop'>,
  clock: Clock,
): string {
  const after = attempts === 1 ? 'after 1 attempt' : `after ${attempts} attempts`;
  switch (stop?.kind) {
    case undefined:
    case 'handed-on':
      return attempts === 1 ? '' : ` (${after})`;
    case 'attempts':
    case 'probe':
      return ` (${after}${timeOf(stop.until, clock)})`;
    case 'budget':
      return ` (${after}; the provider's retry budget is used up)`;
    case 'rejected':
      return ` (${after}; ${stop.rejection.message})`;
    case 'deadline': {
      const left = `only ${seconds(stop.leftMs)} of the call's time are left`;
      if (stop.until === undefined) return ` (${after}; ${left})`;
      const waitMs = Math.max(0, stop.until - clock.monotonic());
      return ` (the limit resets in ${wait(waitMs)}${timeOf(stop.until, clock)}, but ${left})`;
    }
  }
}

/** When a refused call may be made, to stand behind why it was not; empty where that is unknown. */
export function untilWords({ until }: Rejected, clock: Clock): string {
  const time = timeOf(until, clock);
  return time === '' ? '' : `; it can be asked again${time.slice(1)}`;
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
