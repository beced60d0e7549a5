import type { Random } from '../ports.ts';
import { type AttemptOutcome, isAnswer, isProviderFault, type TapeAttempt, type TapeCall } from './tape.ts';
import { type BucketSize, TokenBucket } from './tokenBucket.ts';

/** What the provider allows; null where the tape shows no limit. */
export interface AssumedLimits {
  requests: BucketSize | null;
  tokens: BucketSize | null;
}

export interface SimulatedAnswer {
  outcome: AttemptOutcome;
  durationMs: number;
  retryAfterMs?: number;
}

interface Trouble {
  fromMs: number;
  toMs: number;
  outcome: AttemptOutcome;
  durationMs: number;
}

/**
 * A provider as a tape shows it. While it failed on the tape, it fails; what it answered takes as long as it did; and it
 * refuses what its limits do not allow. What the tape cannot show, such as an answer to a call that never had one, is
 * drawn from what it does show.
 */
export class ProviderModel {
  readonly limits: AssumedLimits;
  readonly #troubles: Trouble[];
  readonly #durations: number[];
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;
  readonly #random: Pick<Random, 'next'>;

  constructor(
    calls: readonly TapeCall[],
    { random, limits = assumedLimits(calls) }: { random: Pick<Random, 'next'>; limits?: AssumedLimits },
  ) {
    const attempts = calls.flatMap((call) => call.attempts);
    this.limits = limits;
    this.#random = random;
    this.#troubles = troubles(attempts);
    this.#durations = attempts.filter(isAnswer).map(({ durationMs }) => durationMs);
    this.#requests = limits.requests ? new TokenBucket(limits.requests, 0) : undefined;
    this.#tokens = limits.tokens ? new TokenBucket(limits.tokens, 0) : undefined;
  }

  /** What becomes of an attempt at `call` that begins at `now`, in milliseconds from the start. */
  answer(call: TapeCall, now: number): SimulatedAnswer {
    const tokens = (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
    const waitMs = Math.max(this.#requests?.wait(1, now) ?? 0, this.#tokens?.wait(tokens, now) ?? 0);
    if (waitMs > 0) {
      const retryAfterMs = Number.isFinite(waitMs) ? waitMs : undefined;
      return { outcome: 429, durationMs: 0, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }

    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);

    const trouble = this.#troubles.find(({ fromMs, toMs }) => fromMs <= now && now < toMs);
    if (trouble) return { outcome: trouble.outcome, durationMs: trouble.durationMs };

    const own = call.attempts.find((attempt) => isAnswer(attempt) || isFinal(attempt));
    if (own) return { outcome: own.outcome, durationMs: own.durationMs };
    return { outcome: 200, durationMs: this.#drawDuration() };
  }

  #drawDuration(): number {
    const at = Math.floor(this.#random.next() * this.#durations.length);
    return this.#durations[at] ?? 1000;
  }
}

/** The request itself was at fault, and would be again. */
function isFinal(attempt: TapeAttempt): boolean {
  return (
    !isAnswer(attempt) && !isProviderFault(attempt) && attempt.outcome !== 429 && attempt.outcome !== 409
  );
}

/**
 * Stretches in which everything that was begun failed: from the first failure's beginning to the beginning of the next answer.
 * An attempt that failed among others that were answered is a stretch of its own, as long as it took.
 */
function troubles(attempts: readonly TapeAttempt[]): Trouble[] {
  const inOrder = attempts
    .filter((attempt) => isAnswer(attempt) || isProviderFault(attempt))
    .sort((a, b) => a.atMs - b.atMs);
  const found: Trouble[] = [];
  let open: Trouble | undefined;

  for (const attempt of inOrder) {
    if (isAnswer(attempt)) {
      if (open) open.toMs = attempt.atMs;
      open = undefined;
      continue;
    }

    if (open) {
      open.toMs = Math.max(open.toMs, attempt.atMs + Math.max(1, attempt.durationMs));
      continue;
    }

    const { atMs, durationMs, outcome } = attempt;
    open = { fromMs: atMs, toMs: atMs + Math.max(1, durationMs), outcome, durationMs };
    found.push(open);
  }

  return found.filter(({ fromMs, toMs }) => toMs > fromMs);
}

/**
 * A bucket for requests, and one for tokens, that admits what was admitted: what came before the first 429 is its size, and
 * what came after it, by its duration, its rate. Without a 429, nothing is known of limits. One of the two would do to
 * explain the tape; the other is left out where a person names the one that holds.
 */
export function assumedLimits(calls: readonly TapeCall[]): AssumedLimits {
  const inOrder = calls
    .flatMap((call) => call.attempts.map((attempt) => ({ attempt, call })))
    .sort((a, b) => a.attempt.atMs - b.attempt.atMs);
  const first = inOrder.find(({ attempt }) => attempt.outcome === 429);
  const last = inOrder.at(-1);
  if (!first || !last) return { requests: null, tokens: null };

  const from = first.attempt.atMs;
  const durationMs = last.attempt.atMs - from;
  const admitted = inOrder.filter(({ attempt }) => attempt.outcome !== 429);
  const before = admitted.filter(({ attempt }) => attempt.atMs <= from).length;
  const after = admitted.length - before;
  // Too little to tell a rate by: what was admitted at first is then taken to be a minute's allowance.
  const perMs = durationMs >= 1000 && after > 0 ? after / durationMs : Math.max(1, before) / 60_000;

  return { requests: { capacity: Math.max(1, before - Math.floor(from * perMs)), perMs }, tokens: null };
}
