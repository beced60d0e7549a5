/** How a bucket is filled: `capacity` at most, `perMs` of it come back each millisecond. */
export interface BucketSize {
  capacity: number;
  perMs: number;
}

/**
 * A token bucket, the way most providers count requests and tokens: what is taken comes back at a steady rate, and a full
 * bucket may be emptied at once. It starts full. Times are on any one scale, in milliseconds.
 */
export class TokenBucket {
  readonly size: BucketSize;
  #left: number;
  #at: number;

  constructor(size: BucketSize, now: number) {
    this.size = size;
    this.#left = size.capacity;
    this.#at = now;
  }

  /** A limit per minute that may be used up within the first second. */
  static perMinute(count: number, now: number): TokenBucket {
    return new TokenBucket({ capacity: count, perMs: count / 60_000 }, now);
  }

  left(now: number): number {
    const { capacity, perMs } = this.size;
    this.#left = Math.min(capacity, this.#left + Math.max(0, now - this.#at) * perMs);
    this.#at = Math.max(this.#at, now);
    return this.#left;
  }

  /** False where so much is not there; nothing is taken then. */
  take(amount: number, now: number): boolean {
    if (this.left(now) < amount - 1e-9) return false;
    this.#left -= amount;
    return true;
  }

  /** Milliseconds until so much is there; infinite where the bucket never holds it. */
  wait(amount: number, now: number): number {
    if (amount > this.size.capacity) return Number.POSITIVE_INFINITY;
    return Math.max(0, amount - this.left(now)) / this.size.perMs;
  }
}
