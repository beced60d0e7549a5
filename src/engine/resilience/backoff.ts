import type { Retry } from './guard.ts';

/**
 * Waits what the provider asked for, else an exponential back-off with full jitter (AWS Architecture Blog, "Exponential
 * Backoff And Jitter").
 */
export function backoff({
  attempts,
  baseMs,
  maxMs,
}: {
  attempts: number;
  baseMs: number;
  maxMs: number;
}): Retry {
  return {
    next: (made, { decision }, { now, random }) => {
      if (made >= attempts) return { stop: 'attempts' };
      const until = 'until' in decision ? decision.until : undefined;
      if (until !== undefined) return { waitMs: Math.max(0, until - now) };
      return { waitMs: random.next() * Math.min(maxMs, baseMs * 2 ** (made - 1)) };
    },
  };
}
