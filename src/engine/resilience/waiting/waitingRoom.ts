import type { Clock } from '../../ports.ts';
import type { CallFacts } from '../policy.ts';
import { Alarm } from './alarm.ts';
import { Turns } from './fairTurns.ts';

interface Waiter<T> {
  call: CallFacts;
  /** Its deadline, or an earlier end of its wait. */
  until: number;
  /** What the waiter is told then. */
  expired: () => Error;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/**
 * Calls that wait for leave, in fair turns between callers; those of one model stay in their order. Every wait ends: served, refused, by the call's signal, or at its
 * deadline. Whoever leaves takes everything along. One timer for all of them, and none while nobody waits.
 */
export class WaitingRoom<T> {
  readonly #clock: Clock;
  readonly #onGone: () => void;
  readonly #turns = new Turns<Waiter<T>>();
  readonly #alarm: Alarm;
  #earliest = Infinity;

  /** `onGone` is called after waiters have left unserved: those behind them may be served now. */
  constructor(clock: Clock, onGone: () => void = () => {}) {
    this.#clock = clock;
    this.#onGone = onGone;
    this.#alarm = new Alarm(clock, (now) => this.#expire(now));
  }

  get size(): number {
    return this.#turns.size;
  }

  /** How many calls of a model wait. */
  sizeOf(model: string | undefined): number {
    return this.#turns.sizeOf(model);
  }

  /** The call whose turn is next. */
  get next(): CallFacts | undefined {
    return this.#turns.first()?.call;
  }

  /** The call whose turn is next, of those that are the first of their model and `isOpen`. */
  first(isOpen: (call: CallFacts) => boolean): CallFacts | undefined {
    return this.#turns.first(({ call }) => isOpen(call))?.call;
  }

  /** The first calls of each caller and model. */
  *heads(): IterableIterator<CallFacts> {
    for (const { call } of this.#turns.heads()) yield call;
  }

  /**
   * Resolves with what `serve` gives it. Rejects with the signal's reason, or with `expired()` at `until`: the call's deadline, or earlier
   * where it does not wait for so long.
   */
  wait(call: CallFacts, expired: () => Error, until = placeUntil(call, this.#clock.monotonic())): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#remove(waiter);
        waiter.reject(call.signal.reason);
        this.#onGone();
      };
      const done = () => call.signal.removeEventListener('abort', leave);
      const waiter: Waiter<T> = {
        call,
        until,
        expired,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      };

      if (call.signal.aborted) return reject(call.signal.reason);
      if (until <= this.#clock.monotonic()) return reject(expired());
      call.signal.addEventListener('abort', leave);
      this.#turns.add(call.caller, waiter, call.model);
      this.#watch(Math.min(this.#earliest, until));
    });
  }

  /** Ends the wait of the call whose turn is next, or of that which `first` gave. */
  serve(value: T, served = this.next): void {
    this.#take(served)?.resolve(value);
  }

  /** Ends the waits of those behind the next one to which `leave` gives something, in the order of their turns. */
  serveBehind(leave: (call: CallFacts) => T | undefined): void {
    const [next, ...behind] = this.#turns.inOrder();
    for (const waiter of behind) {
      const value = leave(waiter.call);
      if (value === undefined) continue;

      const { caller } = waiter.call;
      this.#remove(waiter);
      // Whoever overtakes with another call of its own stays the next one.
      if (caller !== next?.call.caller) this.#turns.pass(caller);
      waiter.resolve(value);
    }
  }

  /** Ends the wait of the call whose turn is next with `reason`. */
  refuseNext(reason: unknown): void {
    this.#take(this.next)?.reject(reason);
  }

  /** Ends the waits for which `reasonFor` gives a reason. */
  refuse(reasonFor: (call: CallFacts) => unknown): void {
    for (const waiter of [...this.#turns]) {
      const reason = reasonFor(waiter.call);
      if (reason === undefined) continue;
      this.#remove(waiter);
      waiter.reject(reason);
    }
  }

  #take(taken: CallFacts | undefined): Waiter<T> | undefined {
    const waiter = this.#turns.take(({ call }) => call === taken);
    if (this.size === 0) this.#watch(Infinity);
    return waiter;
  }

  #remove(waiter: Waiter<T>): void {
    this.#turns.delete(waiter.call.caller, waiter, waiter.call.model);
    if (this.size === 0) this.#watch(Infinity);
  }

  #watch(earliest: number): void {
    this.#earliest = earliest;
    this.#alarm.set(earliest);
  }

  #expire(now: number): void {
    let earliest = Infinity;
    for (const waiter of [...this.#turns]) {
      if (waiter.until > now) earliest = Math.min(earliest, waiter.until);
      else {
        this.#remove(waiter);
        waiter.reject(waiter.expired());
      }
    }
    this.#watch(earliest);
    this.#onGone();
  }
}

function placeUntil({ deadline, queueMs }: CallFacts, now: number): number {
  return queueMs === undefined ? deadline : Math.min(deadline, now + queueMs);
}
