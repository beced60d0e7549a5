/** Calls let in count with this time constant, in milliseconds, towards how many are let in after a pause. */
const REMEMBERED_MS = 5000;
const SHORTEST_MEASURE_MS = 1000;
/** After a pause, as many calls as before it are let in, and twice as many after each of these. */
const DOUBLING_MS = 1000;
/** That goes on while anybody waits, and for as long as the pause lasted, within this. After shorter ones, hardly anybody waits. */
const SHORTEST_GRADUAL_MS = 250;
const LONGEST_GRADUAL_MS = 3000;
/** Calls per millisecond with which it begins at least. */
const SLOWEST = 2 / 1000;
/** A provider that refuses and does not say for how long is left alone for so long at first, and for at most so long. */
const FIRST_CLOSED_MS = 500;
const LONGEST_CLOSED_MS = 30_000;
/** It is closed where at least so many calls were refused, and half of what was sent; it is open where so many were not. */
const CLOSED_CALLS = 3;
const OPEN_CALLS = 20;

/**
 * The provider's pause. It holds for everybody until its end; of several, the latest end counts. Afterwards calls are let in by and by, so that
 * those who waited do not all come at once. Times are monotonic, in milliseconds.
 */
export class Pause {
  #began = Number.NEGATIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  /** Whether calls are let in by and by; with how many per millisecond that began, and when the next one may begin. */
  #gradual = false;
  #startRate = SLOWEST;
  #next = Number.NEGATIVE_INFINITY;
  /** Calls let in per millisecond, as of `#admittedAt`. */
  #rate = 0;
  #admittedAt = Number.NEGATIVE_INFINITY;
  /** When the first call was let in. */
  #firstAt: number | undefined;
  /** Since the provider was last found closed; `times` that was so, one after the other. */
  #closed = { times: 0, since: Number.NEGATIVE_INFINITY, admitted: 0, refused: 0 };

  /** When the last pause ends or ended; undefined where there was none. */
  get until(): number | undefined {
    return this.#until === Number.NEGATIVE_INFINITY ? undefined : this.#until;
  }

  /** When the next call may begin; `now` or earlier means at once. */
  at(now: number): number {
    if (now < this.#until) return Math.max(this.#until, this.#next);
    return this.#gradual ? this.#next : now;
  }

  /** `waiting`: whether anybody else wants to begin. */
  admitted(now: number, waiting: boolean): void {
    this.#rate = this.#faded(now) + 1 / REMEMBERED_MS;
    this.#admittedAt = now;
    this.#firstAt ??= now;
    this.#closed.admitted++;
    if (!this.#gradual) return;

    const sinceMs = now - this.#until;
    const least = Math.min(LONGEST_GRADUAL_MS, this.#until - this.#began);
    this.#gradual = waiting || sinceMs < least;
    this.#next = now + 1 / (this.#startRate * 2 ** Math.min(20, sinceMs / DOUBLING_MS));
  }

  /** Nobody calls before `until`. A pause is never shortened. */
  extend(until: number, now: number): void {
    if (until <= now || until <= this.#until) return;
    if (now >= this.#until) {
      this.#began = now;
      this.#startRate = Math.max(SLOWEST, this.#rateAt(now));
    }

    this.#until = until;
    this.#next = until;
    this.#gradual = until - this.#began >= SHORTEST_GRADUAL_MS;
  }

  /** A call that was let in at `admittedAt` was refused, and nobody said for how long. */
  refused(admittedAt: number, now: number): void {
    const closed = this.#closed;
    if (admittedAt <= closed.since) return;
    closed.refused++;

    const half = 2 * closed.refused >= closed.admitted;
    if (half && (closed.times > 0 || closed.refused >= CLOSED_CALLS || closed.refused === closed.admitted)) {
      this.#close(closed.times + 1, now);
    } else if (closed.admitted - closed.refused >= OPEN_CALLS) {
      this.#closed = { times: 0, since: now, admitted: 0, refused: 0 };
    }
  }

  /** A call that was let in at `admittedAt` was answered. */
  answered(admittedAt: number): void {
    if (admittedAt > this.#closed.since) this.#closed.times = 0;
  }

  #close(times: number, now: number): void {
    this.#closed = { times, since: now, admitted: 0, refused: 0 };
    if (times === 1) return;
    this.extend(now + Math.min(LONGEST_CLOSED_MS, FIRST_CLOSED_MS * 2 ** (times - 2)), now);
    this.#startRate = SLOWEST;
  }

  /** Calls let in per millisecond; a run that has just begun has not come to its full weight. */
  #rateAt(now: number): number {
    const forMs = now - (this.#firstAt ?? now);
    return this.#faded(now) / (1 - Math.exp(-Math.max(SHORTEST_MEASURE_MS, forMs) / REMEMBERED_MS));
  }

  #faded(now: number): number {
    return this.#rate * Math.exp(-(now - this.#admittedAt) / REMEMBERED_MS);
  }
}
