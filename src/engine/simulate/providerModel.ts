import type { Random } from '../ports.ts';
import { type AssumedLimits, assumedLimits } from './assumedLimits.ts';
import { type Outage, outagesOf } from './outages.ts';
import { type AttemptOutcome, isAnswer, mayPass, type TapeAttempt, type TapeCall } from './tape.ts';
import { TokenBucket } from './tokenBucket.ts';

export interface SimulatedAnswer {
  outcome: AttemptOutcome;
  durationMs: number;
  retryAfterMs?: number;
  /** What it says is left of its requests, as most providers do; `resetMs`: until all of them are back. */
  left?: { requests: number; limit: number; resetMs: number };
}

export interface ProviderModelOptions {
  random: Pick<Random, 'next'>;
  limits?: AssumedLimits | undefined;
  /**
   * Calls of a run come as fast as they are let through. An outage then begins as soon as as many requests have come as on the
   * tape, or at its time if that is earlier, so that a faster run does not escape it.
   */
  asFastAsAllowed?: boolean;
}

/**
 * A provider as a tape shows it. While it was out on the tape, it is out; each call has the bad luck that it had; what it answered
 * takes as long as it did; and it refuses what its limits do not allow. What the tape cannot show, such as an answer to a call
 * that never had one, is drawn from what it does show.
 */
export class ProviderModel {
  readonly limits: AssumedLimits;
  readonly #outages: Outage[];
  readonly #asFastAsAllowed: boolean;
  readonly #durations: number[];
  /** How long a refusal takes, in milliseconds. */
  readonly #refusalMs: number;
  /** What is still to come of each call that was asked for. */
  readonly #rest = new Map<TapeCall, TapeAttempt[]>();
  readonly #explained: ReadonlySet<TapeAttempt>;
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;
  readonly #random: Pick<Random, 'next'>;
  #begun = 0;

  constructor(
    calls: readonly TapeCall[],
    { random, limits = assumedLimits(calls), asFastAsAllowed = false }: ProviderModelOptions,
  ) {
    this.limits = limits;
    this.#random = random;
    this.#asFastAsAllowed = asFastAsAllowed;
    this.#outages = outagesOf(calls);
    this.#explained = new Set(this.#outages.flatMap(({ attempts }) => [...attempts]));
    this.#durations = calls
      .flatMap((call) => call.attempts)
      .filter(isAnswer)
      .map(({ durationMs }) => durationMs);
    this.#refusalMs = medianMs(
      calls.flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome === 429)),
    );
    this.#requests = limits.requests ? new TokenBucket(limits.requests, 0) : undefined;
    this.#tokens = limits.tokens ? new TokenBucket(limits.tokens, 0) : undefined;
  }

  /** What becomes of an attempt at `call` that begins at `now`, in milliseconds from the start. */
  answer(call: TapeCall, now: number): SimulatedAnswer {
    const tokens = (call.inputTokens ?? 0) + (call.outputTokens ?? 0);
    const waitMs = Math.max(this.#requests?.wait(1, now) ?? 0, this.#tokens?.wait(tokens, now) ?? 0);
    if (waitMs > 0) {
      const refused = { outcome: 429, durationMs: this.#refusalMs, ...this.#left(now) };
      return Number.isFinite(waitMs) ? { ...refused, retryAfterMs: waitMs } : refused;
    }

    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);

    const outage = this.#outageAt(now);
    this.#begun += 1;
    if (outage) return { outcome: outage.outcome, durationMs: outage.durationMs };

    const own = this.#next(call);
    const { outcome, durationMs } = own ?? this.#drawn(call);
    return { outcome, durationMs, ...this.#left(now) };
  }

  #left(now: number): Pick<SimulatedAnswer, 'left'> {
    const bucket = this.#requests;
    if (!bucket) return {};
    const { capacity: limit } = bucket.size;
    return { left: { requests: Math.floor(bucket.left(now)), limit, resetMs: bucket.wait(limit, now) } };
  }

  /** Time only goes on, so outages that are over are forgotten. */
  #outageAt(now: number): Outage | undefined {
    while (now >= (this.#outages[0]?.toMs ?? Number.POSITIVE_INFINITY)) this.#outages.shift();
    const [next] = this.#outages;
    if (!next || next.fromMs <= now) return next;
    if (!this.#asFastAsAllowed || this.#begun < next.after) return undefined;

    // It lasts as long as it did, but comes earlier.
    next.toMs -= next.fromMs - now;
    next.fromMs = now;
    return next;
  }

  /** Its failures in turn, each once; then its answer, or the refusal of a request that is wrong, each time. */
  #next(call: TapeCall): TapeAttempt | undefined {
    const rest = this.#rest.get(call) ?? this.#ownOf(call);
    this.#rest.set(call, rest);
    const [next] = rest;
    if (next && mayPass(next)) rest.shift();
    return next;
  }

  #ownOf({ attempts }: TapeCall): TapeAttempt[] {
    return attempts.filter((attempt) => attempt.outcome !== 429 && !this.#explained.has(attempt));
  }

  /** Where nothing was ever answered, nothing shows that it would be. */
  #drawn({ attempts }: TapeCall): SimulatedAnswer {
    const durationMs = this.#durations[Math.floor(this.#random.next() * this.#durations.length)];
    if (durationMs !== undefined) return { outcome: 200, durationMs };
    return { outcome: attempts.at(-1)?.outcome ?? 'network', durationMs: attempts.at(-1)?.durationMs ?? 0 };
  }
}

function medianMs(attempts: readonly TapeAttempt[]): number {
  const sorted = attempts.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
