import type { Clock, Span } from '../ports.ts';
import type { Decision } from './decision.ts';
import type { Allowance, CallEstimate, Ending, Policy, Rejected } from './policy.ts';
import type { StopReason } from './retry/nextWait.ts';
import type { Retry } from './retry/retry.ts';

/** A call that wants to be made. */
export interface CallRequest {
  pool: string;
  caller: string;
  /** Of the provider's; undefined where it has none. */
  model?: string | undefined;
  /** The caller's own. */
  signal: AbortSignal;
  /** Of the whole call, waits and retries included, in milliseconds. */
  timeoutMs: number;
  /** Gets an event for each wait, retry and rejection. */
  span: Span;
  /** Whether a short outage of the provider is waited for; default true. */
  waits?: boolean | undefined;
  /** For how long it waits altogether where the provider asks for a pause, in milliseconds; until its time is over where absent. */
  patienceMs?: number | undefined;
  /** The same for a place. */
  queueMs?: number | undefined;
  /** The most that it may use; worked out only where a policy asks. */
  estimate?: () => CallEstimate;
  /** The tokens that are sent, at most; for a call of which no more is known. Worked out as `estimate`. */
  inputTokens?: () => number;
}

/** How an attempt ended, as far as whoever made it knows. */
export interface Outcome {
  decision: Decision;
  /** All of its duration where absent. */
  silentMs?: number;
  /** Null where unknown. */
  tokens: number | null;
  costUsd: number | null;
  /** Why the cost is unknown and what to do about it, for people. */
  unpriced?: string | undefined;
  allowance?: Allowance | undefined;
  /** What failed, in few words: a status or a code. */
  errorType?: string | undefined;
  /** The call is not made again, whatever was decided of it: it may have been carried out. */
  final?: boolean;
}

/** What an attempt brought. `begun`: its answer has begun to come, and whoever reads it settles the call. */
export type Attempted<T> = { kind: 'begun'; value: T } | { kind: 'ended'; value: T; outcome: Outcome };

/** One attempt at a call; `number` counts from 1. Rejects with the signal's reason, and for bugs. */
export type Attempt<T> = (context: {
  signal: AbortSignal;
  number: number;
  deadline: number;
}) => Promise<Attempted<T>>;

/**
 * Why an attempt that failed was not repeated, although the same call may succeed later. `until`: when the provider may be
 * asked again; `leftMs`: what was left of the call's time.
 */
export type Stop =
  | { kind: Exclude<StopReason, 'final'>; until: number | undefined; leftMs: number }
  | { kind: 'rejected'; rejection: Rejected };

export interface Answered<T> {
  value: T;
  attempts: number;
  /** Of the last attempt; undefined while its answer is coming. */
  ending: Ending | undefined;
  stop: Stop | undefined;
  /** Must be called once the answer has come, broken or been left; a second time does nothing. */
  settle(outcome: Outcome): void;
}

export interface Guard {
  /**
   * Makes a call: waits until every policy lets it through, and repeats what may succeed later. Rejects with Rejected where
   * a policy refuses it before anything was sent, with the signal's reason, and with DeadlineReached.
   */
  open<T>(call: CallRequest, attempt: Attempt<T>): Promise<Answered<T>>;
}

/** What a guard tells of the calls that pass it. */
export interface GuardEvents {
  /** An attempt begins; `number` counts from 1. */
  attempted(number: number, probe: boolean): void;
  ended(ending: Ending): void;
  rejected(): void;
  /** A call begins to wait; returns what is to be called when it has waited. */
  waits(): () => void;
}

/** What calls pass, from the outside in. */
export interface Guarding {
  /** Who is called, in messages. */
  provider: string;
  clock: Clock;
  /** Asked once a call. */
  poolPolicies(pool: string): readonly Policy[];
  /** Asked before each attempt. */
  attemptPolicies: readonly Policy[];
  retry: Pick<Retry, 'begun' | 'next'>;
  events?: GuardEvents;
  /** What a call may use of which only its input is known, or nothing. */
  estimate?: (inputTokens: number) => CallEstimate;
}
