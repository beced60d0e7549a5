import type { Allowance, Remainder } from '../policy.ts';

/** Limits that reset sooner are not spread, as what is known of them is out of date at once. */
const SHORTEST_MS = 5000;
/** Limits that reset later are not, either: a day's allowance may be used in an hour. */
const LONGEST_MS = 90_000;
/** What is left is spread once it is less than this share of the limit. */
const SPREAD_BELOW = 0.5;

/**
 * Makes what a provider says is left last until it resets: calls begin as far apart as that takes. So the end of an allowance is not
 * met with full speed, and a token bucket is kept half full, from which it gives all that comes back into it.
 */
export class Spreading {
  #gap = { requests: 0, tokens: 0 };
  #until = { requests: Number.NEGATIVE_INFINITY, tokens: Number.NEGATIVE_INFINITY };
  #last = Number.NEGATIVE_INFINITY;

  /** `tokensPerCall`: what a call takes on average; undefined where unknown. Times are monotonic, in milliseconds. */
  learn({ requests, tokens }: Allowance, tokensPerCall: number | undefined, now: number): void {
    if (requests) this.#learn('requests', requests, 1, now);
    if (tokens && tokensPerCall !== undefined) this.#learn('tokens', tokens, tokensPerCall, now);
  }

  #learn(
    unit: keyof Allowance,
    { remaining, limit, resetAt }: Remainder,
    perCall: number,
    now: number,
  ): void {
    const isTight =
      remaining !== undefined && remaining > 0 && limit !== undefined && remaining < SPREAD_BELOW * limit;
    if (!isTight || resetAt === undefined || resetAt < now + SHORTEST_MS || resetAt > now + LONGEST_MS) {
      this.#until[unit] = Number.NEGATIVE_INFINITY;
      return;
    }

    this.#until[unit] = resetAt;
    this.#gap[unit] = (Math.max(0, resetAt - now) * perCall) / remaining;
  }

  /** When the next call may begin; `now` or earlier means at once. */
  at(now: number): number {
    let gap = 0;
    if (now < this.#until.requests) gap = this.#gap.requests;
    if (now < this.#until.tokens) gap = Math.max(gap, this.#gap.tokens);
    return gap === 0 ? now : this.#last + gap;
  }

  admitted(now: number): void {
    this.#last = now;
  }
}
