import { type AttemptOutcome, isAnswer, isProviderFault, type TapeAttempt, type TapeCall } from './tape.ts';

/** A stretch of time in which everything that was begun failed. Times are in milliseconds from the start of the tape. */
export interface Outage {
  fromMs: number;
  /** Infinity where the tape ends before the provider answers again. */
  toMs: number;
  /** Attempts that had begun before it; refused ones (429) do not count. */
  after: number;
  outcome: AttemptOutcome;
  durationMs: number;
  /** The attempts that it explains. */
  attempts: ReadonlySet<TapeAttempt>;
}

/**
 * The outages of a tape: attempts of several calls that failed one after the other, from the beginning of the first to the
 * beginning of the next answer. A single failure among answers is the bad luck of its call. Where nothing was answered at all,
 * the provider is out from its first failure on.
 */
export function outagesOf(calls: readonly TapeCall[]): Outage[] {
  const begun = calls
    .flatMap((call) => call.attempts.map((attempt) => ({ call, attempt })))
    .filter(({ attempt }) => isAnswer(attempt) || isProviderFault(attempt))
    .sort((a, b) => a.attempt.atMs - b.attempt.atMs);
  const answers = begun.some(({ attempt }) => isAnswer(attempt));

  const outages: Outage[] = [];
  let failed: typeof begun = [];
  const close = (toMs: number, after: number) => {
    const [first] = failed;
    const several = new Set(failed.map(({ call }) => call)).size > 1;
    if (first && (several || !answers)) {
      const { atMs, durationMs, outcome } = first.attempt;
      const attempts = new Set(failed.map(({ attempt }) => attempt));
      outages.push({ fromMs: atMs, toMs, after, outcome, durationMs, attempts });
    }
    failed = [];
  };

  for (const [index, one] of begun.entries()) {
    if (isAnswer(one.attempt)) close(one.attempt.atMs, index - failed.length);
    else failed.push(one);
  }
  close(Number.POSITIVE_INFINITY, begun.length - failed.length);

  return outages;
}
