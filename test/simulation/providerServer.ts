import { type BucketSize, TokenBucket } from '../../src/engine/simulate/tokenBucket.ts';

/** What a provider of the simulation allows. */
export type ServerLimit =
  | { kind: 'none' }
  /** Requests by token bucket. */
  | { kind: 'requests'; size: BucketSize; later?: { fromMs: number; size: BucketSize } }
  | { kind: 'tokens'; size: BucketSize }
  /** Requests at once. */
  | { kind: 'concurrency'; most: number }
  /** Requests in each window of the clock. */
  | { kind: 'window'; most: number; ms: number };

/** What it says with a refusal, or with every answer. */
export type ServerWords = 'nothing' | 'retry-after-ms' | 'retry-after-s' | 'headers';

export interface ServerOptions {
  limit: ServerLimit;
  words: ServerWords;
  /** Of answers, in milliseconds, uniform between both. */
  latencyMs: [number, number];
  /** Of refusals. */
  refusalMs: [number, number];
}

export interface ServerAnswer {
  refused: boolean;
  durationMs: number;
  retryAfterMs?: number;
  left?: { unit: 'requests' | 'tokens'; remaining: number; resetMs: number; limit: number };
}

/** A provider in virtual time. */
export class ProviderServer {
  readonly #options: ServerOptions;
  readonly #random: () => number;
  #bucket: TokenBucket | undefined;
  #atOnce = 0;
  #window = { number: -1, count: 0 };

  constructor(options: ServerOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
    const { limit } = options;
    if (limit.kind === 'requests' || limit.kind === 'tokens') this.#bucket = new TokenBucket(limit.size, 0);
  }

  /** Must be followed by `finished` once the answer is there, unless it refused. */
  receive(now: number, tokens: number): ServerAnswer {
    const { words, latencyMs, refusalMs } = this.#options;
    const waitMs = this.#wait(now, tokens);
    const refused = waitMs > 0;
    if (!refused) this.#atOnce++;

    const answer: ServerAnswer = { refused, durationMs: this.#between(refused ? refusalMs : latencyMs) };
    if (refused && Number.isFinite(waitMs)) {
      if (words === 'retry-after-ms') answer.retryAfterMs = waitMs;
      if (words === 'retry-after-s') answer.retryAfterMs = Math.ceil(waitMs / 1000) * 1000;
    }
    if (words === 'headers' && this.#bucket) {
      const { capacity, perMs } = this.#bucket.size;
      const remaining = Math.floor(this.#bucket.left(now));
      const unit = this.#options.limit.kind === 'tokens' ? 'tokens' : 'requests';
      answer.left = { unit, remaining, resetMs: (capacity - remaining) / perMs, limit: capacity };
    }
    return answer;
  }

  finished(): void {
    this.#atOnce--;
  }

  /** How long until it would be let in; 0 takes it in. */
  #wait(now: number, tokens: number): number {
    const { limit } = this.#options;
    switch (limit.kind) {
      case 'none':
        return 0;
      case 'concurrency':
        return this.#atOnce < limit.most ? 0 : Number.POSITIVE_INFINITY;
      case 'window': {
        const number = Math.floor(now / limit.ms);
        if (this.#window.number !== number) this.#window = { number, count: 0 };
        if (this.#window.count >= limit.most) return (number + 1) * limit.ms - now;
        this.#window.count++;
        return 0;
      }
      case 'requests':
        if (limit.later && now >= limit.later.fromMs && this.#bucket?.size !== limit.later.size)
          this.#bucket = new TokenBucket(limit.later.size, now);
        return this.#take(1, now);
      case 'tokens':
        return this.#take(tokens, now);
    }
  }

  #take(amount: number, now: number): number {
    if (!this.#bucket || this.#bucket.take(amount, now)) return 0;
    return this.#bucket.wait(amount, now);
  }

  #between([from, to]: [number, number]): number {
    return from + this.#random() * (to - from);
  }
}
