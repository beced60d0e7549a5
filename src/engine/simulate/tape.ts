/** How an attempt ended: an HTTP status, or what went wrong before there was one. */
export type AttemptOutcome = number | 'network' | 'timeout' | 'cut';

/** One request as it was sent. Times are in milliseconds from the start of the tape. */
export interface TapeAttempt {
  atMs: number;
  durationMs: number;
  outcome: AttemptOutcome;
  /** What the provider asked to wait, in milliseconds. */
  retryAfterMs?: number;
}

/** One call as its caller saw it, with the attempts that it took. */
export interface TapeCall {
  provider: string;
  /** The bulkhead that it belonged to. */
  pool: string;
  /** Who asked, such as a run. */
  caller: string;
  /** When it came, in milliseconds from the start of the tape. */
  atMs: number;
  attempts: TapeAttempt[];
  /** Of the answer; null where there was none, or nobody counted. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** US dollars; null where unknown. */
  costUsd: number | null;
}

/** Calls in the order of their arrival. */
export interface Tape {
  /** Where it comes from, for people. */
  name: string;
  /** Calls that were wanted and are not on it, because they were never made, or refused. */
  missing: number;
  calls: TapeCall[];
  /**
   * `as-recorded`: a call arrives when it did, whatever became of the others: live traffic.
   * `as-fast-as-allowed`: all calls were there from the beginning: a run.
   */
  arrivals: 'as-recorded' | 'as-fast-as-allowed';
}

/** True where the attempt brought an answer. */
export function isAnswer({ outcome }: Pick<TapeAttempt, 'outcome'>): boolean {
  return typeof outcome === 'number' && outcome >= 200 && outcome < 300;
}

/** True where the provider was at fault: errors of its own, no connection, no answer in time. */
export function isProviderFault({ outcome }: TapeAttempt): boolean {
  return typeof outcome === 'string' || outcome === 408 || outcome >= 500;
}

/** True where the same request may be answered when it is sent again. */
export function mayPass(attempt: TapeAttempt): boolean {
  return isProviderFault(attempt) || attempt.outcome === 409 || attempt.outcome === 425;
}

/** The calls in the order of their arrival, the first of them at time 0. */
export function fromStart(calls: readonly TapeCall[]): TapeCall[] {
  const inOrder = [...calls].sort((a, b) => a.atMs - b.atMs);
  const start = inOrder[0]?.atMs ?? 0;
  return inOrder.map((call) => ({
    ...call,
    atMs: call.atMs - start,
    attempts: call.attempts.map((attempt) => ({ ...attempt, atMs: attempt.atMs - start })),
  }));
}
