import type { Decision, PolicyName } from './decision.ts';

/** What policies know of a call before it is made. Plain data but for the signal. */
export interface CallFacts {
  /** The bulkhead that it belongs to: `target`, `judge`, `embedding`, `shadow`, or a name of the user's. */
  pool: string;
  /** Who asks; waiting callers take turns by it. A run's id, where a run asks. */
  caller: string;
  /** Which of the provider's models is asked: providers count their limits by model. Undefined where there is none. */
  model?: string | undefined;
  /** The most that it may use. */
  estimate: CallEstimate;
  /** Ends with the caller's reason, or with the deadline's. */
  signal: AbortSignal;
  /** On the monotonic clock, in milliseconds. */
  deadline: number;
  /** What is left of the time for which it waits where the provider asks for a pause; until its deadline where absent. */
  readonly patienceMs?: number | undefined;
  /** For how long it waits for a place; until its deadline where absent. */
  queueMs?: number | undefined;
  /** Waits for an open or half-open breaker within its deadline; rejected at once where absent. */
  waits?: boolean;
}

/** Until when a call waits now for a pause to end; monotonic, in milliseconds. */
export function waitsUntil(
  { deadline, patienceMs }: Pick<CallFacts, 'deadline' | 'patienceMs'>,
  now: number,
): number {
  return patienceMs === undefined ? deadline : Math.min(deadline, now + patienceMs);
}

/** What a call uses beside its input, where nothing is known of it: unknown is not 0. */
export const TYPICAL_TOKENS = 2000;

/** What a call may use; more than it probably will. */
export interface CallEstimate {
  /** Input and output together. */
  tokens: number;
  /** US dollars; null where unknown. */
  costUsd: number | null;
  /** Why the cost is unknown and what to do about it, for people. */
  unpriced?: string | undefined;
}

/** How a call, or one attempt at it, ended. */
export interface Ending {
  decision: Decision;
  /** From the start of the attempt to its end, in milliseconds, without waits of ours. */
  durationMs: number;
  /** The longest time in which nothing at all came, in milliseconds: what makes a call slow, however long its answer is. */
  silentMs: number;
  /** Input and output together, as the provider counted them; null where it did not say. */
  tokens: number | null;
  /** US dollars; null where unknown. */
  costUsd: number | null;
  /** Why the cost is unknown and what to do about it, for people. */
  unpriced?: string | undefined;
  /** What the provider said about its limits with this answer. */
  allowance?: Allowance;
}

/** What the provider said is left of its limits. */
export interface Allowance {
  requests?: Remainder;
  tokens?: Remainder;
}

/** What is left of one limit; undefined is what was not said, which is never the same as 0. */
export interface Remainder {
  remaining: number | undefined;
  /** On the monotonic clock, in milliseconds. */
  resetAt: number | undefined;
  limit: number | undefined;
}

/** Leave for one call or attempt. Whoever got it settles it exactly once, however the call ends; a second time does nothing. */
export interface Permit {
  /** The attempt tries whether a provider is back, on behalf of all: it is not repeated. */
  readonly probe?: boolean;
  /** What it was given under holds no more: it must be given back, and asked for again, before anything is sent. */
  readonly stale?: boolean;
  settle(ending: Ending): void;
}

/**
 * One policy. `admit` gives leave at once or later; it throws Rejected where the policy refuses the call, and the signal's reason where
 * that ends first. A waiter that is aborted leaves nothing behind.
 */
export interface Policy {
  readonly name: PolicyName;
  admit(call: CallFacts): Permit | Promise<Permit>;
}

/** One of our policies refused a call; nothing was sent, unless there is a `cause`. */
export class Rejected extends Error {
  readonly by: PolicyName;
  /** When to ask again, on the monotonic clock in milliseconds; undefined where that is unknown. */
  readonly until: number | undefined;
  /** The provider or the bulkhead whose policy it is; known to whoever called. */
  readonly of: string | undefined;

  /** `message` says what was refused and why, in words for people. `cause`: what an earlier attempt at the call failed with. */
  constructor(by: PolicyName, message: string, until?: number, more: { of?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Rejected';
    this.by = by;
    this.until = until;
    this.of = more.of;
  }

  /** The same for a call of which an earlier attempt had failed. */
  after(failure: Error): Rejected {
    const { by, message, until, of } = this;
    const more = of === undefined ? { cause: failure } : { of, cause: failure };
    return new Rejected(by, `${message} (last failure: ${failure.message})`, until, more);
  }
}
