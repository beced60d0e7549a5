import type { ProviderTotals } from '../model/providerHealth.ts';
import type { Clock } from '../ports.ts';
import type { GuardEvents } from './guard.ts';
import { MinuteCount } from './pace/minuteCount.ts';
import { type CallEstimate, type Ending, TYPICAL_TOKENS } from './policy.ts';

/** Before the first answer says more: a cost that is next to none lets the first calls through, and no call for nothing. */
const UNKNOWN: CallEstimate = { tokens: 0, costUsd: 1e-9 };

/** What became of the calls of one provider since the process began. */
export class CallCounts implements GuardEvents {
  readonly #clock: Clock;
  readonly #rateLimited = new MinuteCount();
  readonly #totals: ProviderTotals = {
    calls: 0,
    retries: 0,
    rateLimited: 0,
    rejected: 0,
    fallbacks: 0,
    waitedMs: 0,
  };
  #underWay = 0;
  #waiting = 0;
  /** The dearest answer so far; its cost is null once an answer came without one. */
  #dearest = UNKNOWN;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attempted(number: number): void {
    if (number === 1) this.#totals.calls++;
    else this.#totals.retries++;
    this.#underWay++;
  }

  ended(ending: Ending): void {
    const { decision } = ending;
    this.#underWay--;
    if (decision.kind === 'rate-limited') {
      this.#totals.rateLimited++;
      this.#rateLimited.add(1, this.#clock.monotonic());
    }
    if (decision.kind === 'done') this.#learn(ending);
  }

  /** Something else answered. */
  fellBack(): void {
    this.#totals.fallbacks++;
  }

  rejected(): void {
    this.#totals.rejected++;
  }

  waits(): () => void {
    const since = this.#clock.monotonic();
    this.#waiting++;
    return () => {
      this.#waiting--;
      this.#totals.waitedMs += this.#clock.monotonic() - since;
    };
  }

  /** What a call may use of which only the input is known: that and a typical answer, or as much as the dearest one so far. */
  estimate(inputTokens: number): CallEstimate {
    const { tokens, ...cost } = this.#dearest;
    return { tokens: Math.max(tokens, inputTokens + TYPICAL_TOKENS), ...cost };
  }

  get totals(): Readonly<ProviderTotals> {
    return { ...this.#totals, waitedMs: Math.round(this.#totals.waitedMs) };
  }

  /** `rateLimited`: in the last minute. */
  get now(): { underWay: number; waiting: number; rateLimited: number } {
    const rateLimited = this.#rateLimited.sum(this.#clock.monotonic());
    return { underWay: this.#underWay, waiting: this.#waiting, rateLimited };
  }

  #learn({ tokens, costUsd, unpriced }: Ending): void {
    const before = this.#dearest;
    this.#dearest = {
      tokens: Math.max(before.tokens, tokens ?? 0),
      costUsd: costUsd === null ? null : Math.max(before.costUsd ?? 0, costUsd),
      unpriced,
    };
  }
}
