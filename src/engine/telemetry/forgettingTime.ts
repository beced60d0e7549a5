import type { Clock } from '../ports.ts';

/** By which the wall clock may differ from the time that has passed, in milliseconds. */
const DRIFT_MS = 60_000;
/** Looks in a row at a steady clock after which it is believed all the same. */
const STEADY_LOOKS = 3;
/** By how much more is then forgotten with each look, in milliseconds: a clock that is wrong for long does not empty a store. */
const CATCH_UP_MS = 4 * 3_600_000;

/**
 * The moment by which a store tells what is too old. It follows the wall clock late, and little by little, where that has jumped, or
 * the machine was off: what looks old may not be.
 */
export class ForgettingTime {
  readonly #clock: Clock;
  readonly #lookMs: number;
  #known: number;
  #lookedAt: number;
  #offset: number;
  #steadyLooks = 0;

  /** `known` is the latest moment that is sure to have been, in milliseconds since the epoch; it is looked every `lookMs`. */
  constructor(clock: Clock, { known, lookMs }: { known: number; lookMs: number }) {
    this.#clock = clock;
    this.#lookMs = lookMs;
    this.#known = known;
    this.#lookedAt = clock.monotonic();
    this.#offset = this.#offsetNow();
  }

  /** In milliseconds since the epoch; to be called once a look. */
  look(): number {
    const now = this.#clock.now();
    const offset = this.#offsetNow();
    const jumped = Math.abs(offset - this.#offset) > DRIFT_MS;
    this.#offset = offset;
    this.#steadyLooks = jumped ? 0 : this.#steadyLooks + 1;

    const passedMs = this.#clock.monotonic() - this.#lookedAt;
    this.#lookedAt += passedMs;
    const isGap = now - this.#known > passedMs + this.#lookMs;
    if (jumped || (isGap && this.#steadyLooks < STEADY_LOOKS)) return this.#known;
    this.#known = isGap ? Math.min(now, this.#known + CATCH_UP_MS) : now;
    return this.#known;
  }

  #offsetNow(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
