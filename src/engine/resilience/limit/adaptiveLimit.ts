import type { Clock } from '../../ports.ts';
import { type CallFacts, type Ending, type Permit, type Policy, Rejected } from '../policy.ts';
import type { LimitConfig } from '../resilienceConfig.ts';
import { Alarm } from '../waiting/alarm.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
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

/**
 * Calls to one provider at once. An adaptive limit finds out how many it takes: fewer after a refusal, more while none comes. A fixed
 * one is its maximum.
 */
export class AdaptiveLimit implements Policy {
  readonly name = 'limit';
  readonly #clock: Clock;
  readonly #room: WaitingRoom<Permit>;
  readonly #alarm: Alarm;
  /** Calls under way, by what their callers allow. */
  readonly #running = new Map<number, number>();
  /** What callers allow whose calls wait. */
  readonly #allowed = new WeakMap<CallFacts, number>();
  #config: LimitConfig;
  #state: LimitState;
  #underWay = 0;
  #admitted = 0;
  /** The next call may begin then, on the monotonic clock. */
  #free = Number.NEGATIVE_INFINITY;

  constructor(config: LimitConfig, clock: Clock) {
    this.#clock = clock;
    this.#config = config;
    this.#state = startLimit(config, clock.monotonic());
    this.#alarm = new Alarm(clock, () => this.#serve());
    this.#room = new WaitingRoom(clock, () => this.#serve());
  }

  /** The limit for callers that allow `most` calls at once. While such calls are under way, that holds for all. */
  policy(most: number): Policy {
    return { name: this.name, admit: (call) => this.#admit(call, most) };
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    return this.#admit(call, Number.POSITIVE_INFINITY);
  }

  #admit(call: CallFacts, most: number): Permit | Promise<Permit> {
    call.signal.throwIfAborted();
    if (Math.min(most, this.#config.max) < 1)
      throw new Rejected('limit', 'the provider is limited to no calls at all');

    const now = this.#clock.monotonic();
    if (this.#config.adaptive) passWindow(this.#state, this.#config, now);
    if (this.#room.size === 0 && this.#hasPlace(most) && now >= this.#free) return this.#begin(most, now);

    this.#allowed.set(call, most);
    const turn = this.#room.wait(
      call,
      () => new Rejected('limit', 'too many calls to the provider are under way'),
    );
    // A timer may be late: whoever waits for a moment that has passed is served here, for nothing else would wake them.
    this.#serve();
    return turn;
  }

  /** Holds from now on; calls under way go on. */
  configure(config: LimitConfig): void {
    this.#config = config;
    this.#state.limit = Math.min(this.#state.limit, config.max);
    this.#serve();
  }

  health(): { now: number; most: number; underWay: number; waiting: number } {
    return { now: this.#limit(), most: this.#config.max, underWay: this.#underWay, waiting: this.#room.size };
  }

  #limit(): number {
    return this.#config.adaptive ? Math.max(1, Math.floor(this.#state.limit)) : this.#config.max;
  }

  #hasPlace(most: number): boolean {
    const limit = this.#limit();
    if (this.#underWay >= limit) {
      limitReached(this.#state);
      return false;
    }
    if (this.#underWay >= most) return false;
    for (const allowed of this.#running.keys()) if (this.#underWay >= allowed) return false;
    return true;
  }

  #begin(most: number, now: number): Permit {
    this.#underWay++;
    const call = callAdmitted(this.#state, this.#admitted++, this.#underWay);
    this.#running.set(most, (this.#running.get(most) ?? 0) + 1);
    if (this.#underWay >= this.#limit()) limitReached(this.#state);
    if (this.#config.adaptive) this.#free = Math.max(this.#free, now) + gapMs(this.#state);

    let settled = false;
    return {
      settle: (ending) => {
        if (settled) return;
        settled = true;
        this.#end(call, most, ending);
      },
    };
  }

  #end(call: AdmittedCall, most: number, { decision, durationMs }: Ending): void {
    const left = (this.#running.get(most) ?? 0) - 1;
    if (left > 0) this.#running.set(most, left);
    else this.#running.delete(most);
    this.#underWay--;

    const now = this.#clock.monotonic();
    if (this.#config.adaptive) {
      passWindow(this.#state, this.#config, now);
      const { min } = this.#config;
      callEnded(this.#state, call, { decision, durationMs }, { admitted: this.#admitted, now, min });
    }
    this.#serve();
  }

  #serve(): void {
    const now = this.#clock.monotonic();
    if (this.#config.adaptive) passWindow(this.#state, this.#config, now);
    for (;;) {
      const { next } = this.#room;
      if (!next) break;
      if (now < this.#free) {
        limitReached(this.#state);
        break;
      }
      const most = this.#allowed.get(next) ?? Number.POSITIVE_INFINITY;
      if (!this.#hasPlace(most)) break;
      this.#room.serve(this.#begin(most, now));
    }
    this.#watch(now);
  }

  /** Whoever waits is looked at when the next call may begin, or the limit may have grown; else when a call ends. */
  #watch(now: number): void {
    this.#alarm.set(this.#room.size === 0 ? Number.POSITIVE_INFINITY : this.#nextLook(now));
  }

  #nextLook(now: number): number {
    if (now < this.#free) return this.#free;
    const { adaptive, max } = this.#config;
    const mayGrow = adaptive && this.#state.limit < max && this.#underWay >= this.#limit();
    return mayGrow ? this.#state.window.from + windowMs(this.#state) : Number.POSITIVE_INFINITY;
  }
}
