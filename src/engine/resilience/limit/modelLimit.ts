import type { Ending } from '../policy.ts';
import type { LimitConfig } from '../resilienceConfig.ts';
import {
  type AdmittedCall,
  callAdmitted,
  callEnded,
  gapMs,
  type LimitState,
  limitReached,
  passWindow,
  startLimit,
  windowMs,
} from './limitState.ts';

/** What was found out of how many calls at once one model takes, and its calls under way. */
export class ModelLimit {
  readonly #state: LimitState;
  #underWay = 0;
  #admitted = 0;
  /** The next call may begin then, on the monotonic clock. */
  #free = Number.NEGATIVE_INFINITY;

  constructor(config: LimitConfig, now: number) {
    this.#state = startLimit(config, now);
  }

  /** A whole number, 1 or more. */
  get limit(): number {
    return Math.max(1, Math.floor(this.#state.limit));
  }

  /** Never above `max` from now on. */
  cap(max: number): void {
    this.#state.limit = Math.min(this.#state.limit, max);
  }

  pass(config: LimitConfig, now: number): void {
    passWindow(this.#state, config, now);
  }

  /** Whether a call may begin, as far as the model is concerned; that one wants to is remembered. */
  hasPlace(now: number): boolean {
    const isOpen = now >= this.#free && this.#underWay < this.limit;
    if (!isOpen) limitReached(this.#state);
    return isOpen;
  }

  /** `spaced`: calls begin as far apart as was found. */
  begin(now: number, spaced: boolean): AdmittedCall {
    this.#underWay++;
    const call = callAdmitted(this.#state, this.#admitted++, this.#underWay);
    if (this.#underWay >= this.limit) limitReached(this.#state);
    if (spaced) this.#free = Math.max(this.#free, now) + gapMs(this.#state);
    return call;
  }

  left(): void {
    this.#underWay--;
  }

  learn(call: AdmittedCall, ending: Pick<Ending, 'decision' | 'durationMs'>, min: number, now: number): void {
    callEnded(this.#state, call, ending, { admitted: this.#admitted, now, min });
  }

  /** When the next call may begin, or the limit may have grown; Infinity where only the end of a call can change anything. */
  nextLook(max: number, now: number): number {
    if (now < this.#free) return this.#free;
    const mayGrow = this.#state.limit < max && this.#underWay >= this.limit;
    return mayGrow ? this.#state.window.from + windowMs(this.#state) : Number.POSITIVE_INFINITY;
  }
}
