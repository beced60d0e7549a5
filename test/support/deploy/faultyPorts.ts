import { RouterError } from '../../../src/engine/deploy/routers/routerError.ts';
import type { ManualClock } from '../manualClock.ts';

/** Of a call, 0 to 1. */
export interface FaultRates {
  /** The process is killed: before the call, or once it is done. */
  crash: number;
  /** It is done, and an error is reported. */
  lost: number;
  /** It is not done. */
  outage: number;
  /** Weights are accepted, and not set. */
  ignored: number;
  /** The process stands still for up to a minute and a half. */
  stall: number;
}

export const CALM: FaultRates = { crash: 0, lost: 0, outage: 0, ignored: 0, stall: 0 };

const STALLABLE: ReadonlySet<string> = new Set(['observe', 'read', 'hold', 'append', 'begin', 'smoke']);

/** One process: what its ports do, until it is killed. */
export class FaultyProcess {
  rates: FaultRates = CALM;
  isDead = false;
  calls = 0;
  #stalledUntil = 0;
  readonly #random: () => number;
  readonly #clock: ManualClock;

  constructor(random: () => number, clock: ManualClock) {
    this.#random = random;
    this.#clock = clock;
  }

  get isStalled(): boolean {
    return this.#clock.monotonic() < this.#stalledUntil;
  }

  /** The same port, through this process. Errors are those of a router where it is one. */
  through<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => this.#call(String(key), () => value.apply(target, values));
      },
    });
  }

  async #call(name: string, work: () => unknown): Promise<unknown> {
    await this.#before(name);
    if (name === 'setWeights' && this.#happens(this.rates.ignored)) return undefined;
    const result = await work();
    if (this.#happens(this.rates.crash / 2)) this.isDead = true;
    if (this.isDead) await forever();
    if (this.#happens(this.rates.lost)) throw lost(`the answer of ${name} was lost`);
    return result;
  }

  async #before(name: string): Promise<void> {
    this.calls += 1;
    if (STALLABLE.has(name) && this.#happens(this.rates.stall))
      this.#stalledUntil = this.#clock.monotonic() + this.#random() * 90_000;
    if (this.isStalled && STALLABLE.has(name))
      await this.#clock.sleep(this.#stalledUntil - this.#clock.monotonic());
    if (this.#happens(this.rates.crash / 2)) this.isDead = true;
    if (this.isDead) await forever();
    if (this.#happens(this.rates.outage)) throw lost(`${name} could not be reached`);
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#random() < rate;
  }
}

function lost(message: string): RouterError {
  return new RouterError(message, { isTransient: true });
}

function forever(): Promise<never> {
  return new Promise(() => {});
}
