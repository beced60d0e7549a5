import type { Clock } from '../ports.ts';
import type { GuardEvents } from './guard.ts';
import { MinuteCount } from './pace/minuteCount.ts';
import type { CallFacts, Ending } from './policy.ts';

/** The smallest amount: nothing is known to cost nothing. */
const SOMETHING = { tokens: 1, costUsd: 1e-9 };

/** What became of the calls of one provider since the process began. */
export class CallCounts implements GuardEvents {
  readonly #clock: Clock;
  readonly #rateLimited = new MinuteCount();
  readonly #totals = { calls: 0, retries: 0, rateLimited: 0, rejected: 0, waitedMs: 0 };
  #underWay = 0;
  #waiting = 0;
  /** The dearest answer so far; its cost is null once an answer came without one. */
  #dearest: CallFacts['estimate'] = SOMETHING;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attempted(number: number): void {
    if (number === 1) this.#totals.calls++;
    else this.#totals.retries++;
    this.#underWay++;
  }

  ended({ decision, tokens, costUsd }: Ending): void {
    this.#underWay--;
    if (decision.kind === 'rate-limited') {
      this.#totals.rateLimited++;
      this.#rateLimited.add(1, this.#clock.monotonic());
    }
    if (decision.kind === 'done') this.#learn(tokens, costUsd);
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

  /** What a call may use that says nothing of it: as much as the dearest one so far. */
  get estimate(): CallFacts['estimate'] {
    return this.#dearest;
  }

  get totals(): Readonly<{
    calls: number;
    retries: number;
    rateLimited: number;
    rejected: number;
    waitedMs: number;
  }> {
    return { ...this.#totals, waitedMs: Math.round(this.#totals.waitedMs) };
  }

  /** `rateLimited`: in the last minute. */
  get now(): { underWay: number; waiting: number; rateLimited: number } {
    const rateLimited = this.#rateLimited.sum(this.#clock.monotonic());
    return { underWay: this.#underWay, waiting: this.#waiting, rateLimited };
  }

  #learn(tokens: number | null, costUsd: number | null): void {
    const before = this.#dearest;
    this.#dearest = {
      tokens: Math.max(before.tokens, tokens ?? 0),
      costUsd: costUsd === null ? null : Math.max(before.costUsd ?? SOMETHING.costUsd, costUsd),
    };
  }
}
