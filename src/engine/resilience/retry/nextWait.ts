import { askedUntil } from '../pace/askedUntil.ts';
import type { Ending } from '../policy.ts';
import type { RetryConfig } from '../resilienceConfig.ts';

/**
 * Why a call is not repeated. `final`: the answer would be the same, or it is there. `handed-on`: somebody has seen the beginning of the
 * answer. `probe`: it tried whether the provider is back, and says no. `attempts`, `budget`: as many as are allowed were made.
 * `deadline`: the next attempt could not begin in time.
 */
export type StopReason = 'final' | 'handed-on' | 'probe' | 'attempts' | 'budget' | 'deadline';

/** A provider that refuses calls and names a wait each time is asked so often for one call, beside the attempts that count. */
const MOST_NAMED = 20;

/**
 * `until`: when the provider wants to be asked again, where it said so. Monotonic, in milliseconds. `named`: the provider refused the call
 * for its limits and said when to come back, so that the attempt is not one of those that are allowed.
 */
export type NextStep = { waitMs: number; named?: true } | { stop: StopReason; until: number | undefined };

export interface RetryFacts {
  /** Null where nothing is repeated, which is the same as a single attempt. */
  config: Pick<RetryConfig, 'attempts' | 'baseMs' | 'maxMs'> | null;
  /** Monotonic, as the deadline, in milliseconds. */
  now: number;
  deadline: number;
  /** Uniform in [0, 1). */
  chance: number;
  /** What the call needs, as estimated. */
  tokens: number;
  /** Whether a part of the answer was handed on. */
  handedOn: boolean;
  /** Whether the attempt was one of the breaker's half-open ones. */
  probe: boolean;
  /** Attempts before this one that were `named`, and are not among those made. */
  named: number;
}

/**
 * What follows an attempt that ended, when `made` attempts that count have been made with it. The provider's wait is obeyed, 0 included; where it asks
 * for none, a back-off with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). A wait that would reach the
 * deadline is not begun.
 */
export function nextWait(made: number, ending: Ending, facts: RetryFacts): NextStep {
  const { config, now, deadline } = facts;
  const until = askedUntil(ending, facts.tokens);
  const stop = (why: StopReason) => ({ stop: why, until });

  if (!isPassing(ending)) return stop('final');
  if (facts.handedOn) return stop('handed-on');
  if (!config || config.attempts <= 1) return stop(facts.probe ? 'probe' : 'attempts');

  const waitMs = until === undefined ? backOff(made, config, facts.chance) : Math.max(0, until - now);
  const isNamed = ending.decision.kind === 'rate-limited' && until !== undefined && waitMs > 0;
  if (isNamed && facts.named < MOST_NAMED)
    return now + waitMs >= deadline ? stop('deadline') : { waitMs, named: true };

  if (facts.probe) return stop('probe');
  if (made >= config.attempts) return stop('attempts');
  return now + waitMs >= deadline ? stop('deadline') : { waitMs };
}

/** Milliseconds: from 0 to a limit that doubles with each attempt. */
function backOff(
  made: number,
  { baseMs, maxMs }: Pick<RetryConfig, 'baseMs' | 'maxMs'>,
  chance: number,
): number {
  return chance * Math.min(maxMs, baseMs * 2 ** (made - 1));
}

/** Whether the same call may succeed later. What one of our policies refused is not asked again behind its back. */
function isPassing({ decision }: Ending): boolean {
  switch (decision.kind) {
    case 'transient':
    case 'rate-limited':
    case 'overloaded':
      return true;
    case 'done':
    case 'caller':
    case 'spent':
    case 'rejected':
      return false;
  }
}
