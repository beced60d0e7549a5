/** A little more than a minute: calls need not take the same time on their way to the provider. */
const WINDOW_MS = 60_500;
/** So many at once are let in even where a second's worth is less. */
const AT_ONCE = 5;

/** Corrects what was taken to what it turned out to be. */
export type Correct = (actual: number) => void;

interface Taken {
  readonly at: number;
  amount: number;
  /** Less than a minute has passed since. */
  counts: boolean;
}

/**
 * An allowance per minute that no sixty seconds ever exceed, kept from the first call on. What is taken counts for a minute; beside that it is
 * spread over the minute by a token bucket, as providers enforce a limit per minute also as a limit per second: a burst is what
 * comes together in `burstMs`, so that a run neither begins with all of it nor waits for the rest of the minute afterwards.
 */
export class MinuteLimit {
  readonly perMinute: number;
  readonly #burst: number;
  /** In the order in which they were taken, from `#first` on. */
  #taken: Taken[] = [];
  #first = 0;
  #sum = 0;
  /** What the bucket contains; below 0 while a large amount is paid off. */
  #level: number;
  #at = Number.NEGATIVE_INFINITY;

  /** `perMinute` of 0 allows none. `used`: what was taken in the last minute, the earliest first. */
  constructor(perMinute: number, burstMs: number, used: readonly { at: number; amount: number }[] = []) {
    this.perMinute = perMinute;
    for (const { at, amount } of used) {
      this.#taken.push({ at, amount, counts: true });
      this.#sum += amount;
    }

    this.#burst = Math.max(perMinute * (burstMs / 60_000), Math.min(perMinute, AT_ONCE));
    this.#level = this.#burst;
  }

  /**
   * When so much may be taken, on the monotonic clock in milliseconds; `now` or earlier means at once, Infinity never. More than the whole
   * allowance is let in where nothing else was taken in its minute.
   */
  at(amount: number, now: number): number {
    if (this.perMinute <= 0) return Number.POSITIVE_INFINITY;
    this.#pass(now);

    const wanted = Math.min(amount, this.perMinute);
    return Math.max(this.#windowAt(wanted, now), this.#bucketAt(wanted, now));
  }

  take(amount: number, now: number): Correct {
    this.#pass(now);
    const taken = { at: now, amount, counts: true };
    this.#taken.push(taken);
    this.#sum += amount;
    this.#level -= amount;
    return (actual) => this.#correct(taken, actual);
  }

  #correct(taken: Taken, actual: number): void {
    const less = taken.amount - actual;
    taken.amount = actual;
    this.#level = Math.min(this.#burst, this.#level + less);
    if (taken.counts) this.#sum -= less;
  }

  #windowAt(amount: number, now: number): number {
    let excess = this.#sum + amount - this.perMinute;
    for (let index = this.#first; excess > 1e-9; index++) {
      const oldest = this.#taken[index];
      if (!oldest) break;
      excess -= oldest.amount;
      if (excess <= 1e-9) return oldest.at + WINDOW_MS;
    }
    return now;
  }

  #bucketAt(amount: number, now: number): number {
    const missing = Math.min(amount, this.#burst) - this.#level;
    return missing <= 1e-9 ? now : now + (missing * WINDOW_MS) / this.perMinute;
  }

  #pass(now: number): void {
    for (;;) {
      const oldest = this.#taken[this.#first];
      if (!oldest || oldest.at + WINDOW_MS > now) break;
      this.#sum -= oldest.amount;
      oldest.counts = false;
      this.#first++;
    }
    if (this.#first > 1000 && this.#first * 2 > this.#taken.length) {
      this.#taken = this.#taken.slice(this.#first);
      this.#first = 0;
    }
    if (this.#first === this.#taken.length) this.#sum = 0;

    if (now <= this.#at) return;
    const forMs = this.#at === Number.NEGATIVE_INFINITY ? 0 : now - this.#at;
    this.#level = Math.min(this.#burst, this.#level + (forMs * this.perMinute) / WINDOW_MS);
    this.#at = now;
  }
}
