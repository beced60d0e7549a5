import { type BucketSize, TokenBucket } from '../../../src/engine/simulate/tokenBucket.ts';

export interface RateLimits {
  requests?: BucketSize;
  tokens?: BucketSize;
  /** Calls at once; a further one is refused with 429, too. */
  concurrency?: number;
}

export type Admission = { admitted: true } | { admitted: false; why: keyof RateLimits; waitMs: number };

/** What a provider allows, and how much of it is left. `now` is any steady scale in milliseconds. */
export class Allowances {
  readonly #limits: RateLimits;
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;
  #underWay = 0;
  peak = 0;

  constructor(limits: RateLimits, now: number) {
    this.#limits = limits;
    this.#requests = limits.requests && new TokenBucket(limits.requests, now);
    this.#tokens = limits.tokens && new TokenBucket(limits.tokens, now);
  }

  /** Takes one request and its tokens, or neither. Who is admitted must `leave`. */
  enter(tokens: number, now: number): Admission {
    const { concurrency } = this.#limits;
    if (concurrency !== undefined && this.#underWay >= concurrency)
      return { admitted: false, why: 'concurrency', waitMs: 0 };

    const waits = [
      { why: 'requests' as const, waitMs: this.#requests?.wait(1, now) ?? 0 },
      { why: 'tokens' as const, waitMs: this.#tokens?.wait(tokens, now) ?? 0 },
    ].sort((a, b) => b.waitMs - a.waitMs);
    const [longest] = waits;
    if (longest && longest.waitMs > 0) return { admitted: false, ...longest };

    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);
    this.#underWay += 1;
    this.peak = Math.max(this.peak, this.#underWay);
    return { admitted: true };
  }

  leave(): void {
    this.#underWay -= 1;
  }

  /** As OpenAI sends them with every answer. */
  openAiHeaders(now: number): { [header: string]: string } {
    return { ...headersOf('requests', this.#requests, now), ...headersOf('tokens', this.#tokens, now) };
  }

  /** As Anthropic does: the moment of the reset in RFC 3339. `wall` is `now` on the wall clock. */
  anthropicHeaders(now: number, wall: number): { [header: string]: string } {
    const headers: { [header: string]: string } = {};
    for (const [name, bucket] of [
      ['requests', this.#requests],
      ['tokens', this.#tokens],
    ] as const) {
      if (!bucket) continue;
      const prefix = `anthropic-ratelimit-${name}`;
      headers[`${prefix}-limit`] = String(bucket.size.capacity);
      headers[`${prefix}-remaining`] = String(Math.floor(bucket.left(now)));
      headers[`${prefix}-reset`] = new Date(wall + bucket.wait(bucket.size.capacity, now)).toISOString();
    }
    return headers;
  }
}

function headersOf(name: string, bucket: TokenBucket | undefined, now: number): { [header: string]: string } {
  if (!bucket) return {};
  return {
    [`x-ratelimit-limit-${name}`]: String(bucket.size.capacity),
    [`x-ratelimit-remaining-${name}`]: String(Math.floor(bucket.left(now))),
    [`x-ratelimit-reset-${name}`]: goDuration(bucket.wait(bucket.size.capacity, now)),
  };
}

/** As Go prints durations, e.g. `6m0s`, `7.66s` and `76ms`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Number(((ms % 60_000) / 1000).toFixed(3));
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
