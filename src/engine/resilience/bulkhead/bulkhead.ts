import { counted, formatCount } from '../../model/figures.ts';
import type { PoolHealth } from '../../model/providerHealth.ts';
import type { Clock } from '../../ports.ts';
import { type CallFacts, type Permit, type Policy, Rejected } from '../policy.ts';
import type { PoolConfig } from '../resilienceConfig.ts';
import { WaitingRoom } from '../waiting/waitingRoom.ts';
import { admitCall, EMPTY, endCall, type Places } from './poolPlaces.ts';

export type BulkheadConfig = Pick<PoolConfig, 'maxConcurrency' | 'queue' | 'whenFull'>;

/**
 * The calls of one pool, at most so many at once. The others wait within their deadline, callers by turns, or are rejected at
 * once: where the pool says so, where its queue is full, and where it allows no call at all.
 */
export class Bulkhead implements Policy {
  readonly name = 'bulkhead';
  readonly #pool: string;
  readonly #room: WaitingRoom<Permit>;
  #config: BulkheadConfig;
  #places: Places = EMPTY;

  constructor(pool: string, config: BulkheadConfig, clock: Clock) {
    this.#pool = pool;
    this.#config = config;
    this.#room = new WaitingRoom(clock);
  }

  admit(call: CallFacts): Permit | Promise<Permit> {
    call.signal.throwIfAborted();
    const admission = admitCall(this.#places, this.#room.size, this.#config);

    switch (admission.kind) {
      case 'granted':
        this.#places = admission.places;
        return this.#permit();
      case 'waits':
        return this.#room.wait(call, () => this.#full('no place became free before the deadline'));
      case 'none allowed':
        throw this.#closed();
      case 'full':
        throw this.#full(this.#load());
    }
  }

  /** Holds from now on: calls under way go on, calls that wait move up, and those that may no longer wait are rejected. */
  configure(config: BulkheadConfig): void {
    this.#config = config;
    this.#serve();
    if (config.maxConcurrency === 0) this.#room.refuse(() => this.#closed());
  }

  health(): Pick<PoolHealth, 'concurrency' | 'queue'> {
    const { maxConcurrency, queue } = this.#config;
    return {
      concurrency: { underWay: this.#places.underWay, most: maxConcurrency ?? null },
      queue: { waiting: this.#room.size, most: queue ?? null },
    };
  }

  #permit(): Permit {
    let settled = false;
    return {
      settle: () => {
        if (settled) return;
        settled = true;
        this.#places = endCall(this.#places);
        this.#serve();
      },
    };
  }

  #serve(): void {
    while (this.#room.size > 0) {
      const admission = admitCall(this.#places, 0, this.#config);
      if (admission.kind !== 'granted') return;
      this.#places = admission.places;
      this.#room.serve(this.#permit());
    }
  }

  #load(): string {
    const waiting = this.#room.size === 0 ? '' : ` and ${formatCount(this.#room.size)} waiting`;
    return `${counted(this.#places.underWay, 'call')} in progress${waiting}`;
  }

  #full(why: string): Rejected {
    return new Rejected('bulkhead', `the bulkhead '${this.#pool}' is full: ${why}`);
  }

  #closed(): Rejected {
    return new Rejected('bulkhead', `the bulkhead '${this.#pool}' is closed: it allows no calls`);
  }
}
