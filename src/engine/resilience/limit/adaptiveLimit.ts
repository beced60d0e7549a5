import type { Clock } from '../../ports.ts';
import { type CallFacts, type Ending, type Permit, type Policy, Rejected } from '../policy.ts';
import type { LimitConfig } from '../resilienceConfig.ts';
import { Alarm } from '../waiting/alarm.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
import { type AdmittedCall, startLimit } from './limitState.ts';
import { ModelLimit } from './modelLimit.ts';

/**
 * Calls to one provider at once. An adaptive limit finds out how many each of its models takes: fewer after a refusal, more while none
 * comes. All together never have more than its maximum; a fixed limit is that alone.
 */
export class AdaptiveLimit implements Policy {
  readonly name = 'limit';
  readonly #clock: Clock;
  readonly #room: WaitingRoom<Permit>;
  readonly #alarm: Alarm;
  /** By model; undefined stands for calls that name none. */
  readonly #models = new Map<string | undefined, ModelLimit>();
  /** Calls under way, by what their callers allow. */
  readonly #running = new Map<number, number>();
  /** What callers allow whose calls wait. */
  readonly #allowed = new WeakMap<CallFacts, number>();
  #config: LimitConfig;
  #underWay = 0;

  constructor(config: LimitConfig, clock: Clock) {
    this.#clock = clock;
    this.#config = config;
    this.#alarm = new Alarm(clock, (now) => this.#serve(now));
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
    const model = this.#model(call, now);
    if (this.#config.adaptive) model.pass(this.#config, now);
    if (this.#room.size === 0 && this.#isOpen(model, now) && this.#hasPlace(most))
      return this.#begin(model, most, now);

    this.#allowed.set(call, most);
    const turn = this.#room.wait(
      call,
      () => new Rejected('limit', 'too many calls to the provider are under way'),
    );
    // Others may wait for places of another model alone. A timer may be late, too: whoever waits for a moment that has passed is served
    // here, for nothing else would wake them.
    this.#serve(now);
    return turn;
  }

  /** Holds from now on; calls under way go on. */
  configure(config: LimitConfig): void {
    this.#config = config;
    for (const model of this.#models.values()) model.cap(config.max);
    this.#serve();
  }

  /** `now`: of all models together. */
  health(): { now: number; most: number; underWay: number; waiting: number } {
    return { now: this.#limit(), most: this.#config.max, underWay: this.#underWay, waiting: this.#room.size };
  }

  #limit(): number {
    const { adaptive, max } = this.#config;
    if (!adaptive) return max;
    if (this.#models.size === 0) return Math.max(1, startLimit(this.#config, 0).limit);
    const found = [...this.#models.values()].reduce((sum, { limit }) => sum + limit, 0);
    return Math.min(Math.max(1, max), found);
  }

  #model({ model }: CallFacts, now: number): ModelLimit {
    const known = this.#models.get(model) ?? new ModelLimit(this.#config, now);
    this.#models.set(model, known);
    return known;
  }

  #isOpen(model: ModelLimit, now: number): boolean {
    return !this.#config.adaptive || model.hasPlace(now);
  }

  /** Whether all models together leave a place. */
  #hasPlace(most: number): boolean {
    if (this.#underWay >= Math.min(most, this.#config.max)) return false;
    for (const allowed of this.#running.keys()) if (this.#underWay >= allowed) return false;
    return true;
  }

  #begin(model: ModelLimit, most: number, now: number): Permit {
    this.#underWay++;
    this.#running.set(most, (this.#running.get(most) ?? 0) + 1);
    const call = model.begin(now, this.#config.adaptive);

    let settled = false;
    return {
      settle: (ending) => {
        if (settled) return;
        settled = true;
        this.#end(model, call, most, ending);
      },
    };
  }

  #end(model: ModelLimit, call: AdmittedCall, most: number, ending: Ending): void {
    const left = (this.#running.get(most) ?? 0) - 1;
    if (left > 0) this.#running.set(most, left);
    else this.#running.delete(most);
    this.#underWay--;
    model.left();

    const now = this.#clock.monotonic();
    if (this.#config.adaptive) {
      model.pass(this.#config, now);
      model.learn(call, ending, this.#config.min, now);
    }
    this.#serve(now);
  }

  #serve(now = this.#clock.monotonic()): void {
    if (this.#room.size > 0 && this.#config.adaptive)
      for (const model of this.#models.values()) model.pass(this.#config, now);

    for (;;) {
      const next = this.#room.first((call) => this.#isOpen(this.#model(call, now), now));
      if (!next) break;
      const most = this.#allowed.get(next) ?? Number.POSITIVE_INFINITY;
      if (!this.#hasPlace(most)) break;
      this.#room.serve(this.#begin(this.#model(next, now), most, now), next);
    }
    this.#watch(now);
  }

  /** Whoever waits is looked at when the next call may begin, or a limit may have grown; else when a call ends. */
  #watch(now: number): void {
    let at = Number.POSITIVE_INFINITY;
    if (this.#config.adaptive)
      for (const call of this.#room.heads())
        at = Math.min(at, this.#model(call, now).nextLook(this.#config.max, now));
    this.#alarm.set(at);
  }
}
