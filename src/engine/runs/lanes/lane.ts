import type { SharedPlaces } from './places.ts';

/** Starts tasks in order, at most `limit` at a time; tasks that wait for a place are kept in a queue. */
export class Lane {
  readonly limit: number;
  readonly #queue: (() => Promise<unknown>)[] = [];
  readonly #onError: (error: unknown) => void;
  readonly #places: SharedPlaces | undefined;
  #head = 0;
  #active = 0;
  #roomWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];

  /** `onError` hears of a task that rejected; the lane goes on. A task also needs one of `places`, where they are given. */
  constructor(limit: number, onError: (error: unknown) => void, places?: SharedPlaces) {
    this.limit = limit;
    this.#onError = onError;
    this.#places = places;
  }

  push(task: () => Promise<unknown>): void {
    this.#queue.push(task);
    this.#pump();
  }

  /** Undefined while the queue is short; otherwise resolves as soon as it is. */
  room(): Promise<void> | undefined {
    if (this.#waiting() < this.limit) return undefined;
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#active === 0 && this.#waiting() === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    const dropped = this.#waiting();
    this.#queue.length = 0;
    this.#head = 0;
    this.#wake();
    return dropped;
  }

  #waiting(): number {
    return this.#queue.length - this.#head;
  }

  readonly #pump = (): void => {
    while (this.#active < this.limit && this.#waiting() > 0) {
      if (this.#places && !this.#places.take(this.#pump)) return;
      const next = this.#take();
      if (next) this.#start(next);
    }
  };

  async #start(task: () => Promise<unknown>): Promise<void> {
    this.#active += 1;
    try {
      await task();
    } catch (error) {
      this.#onError(error);
    }

    this.#active -= 1;
    // Who shares the places comes first, where one of them waits.
    this.#places?.give();
    this.#pump();
    this.#wake();
  }

  #take(): (() => Promise<unknown>) | undefined {
    const next = this.#queue[this.#head];
    if (!next) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return next;
  }

  #wake(): void {
    if (this.#waiting() < this.limit) for (const resolve of this.#roomWaiters.splice(0)) resolve();
    if (this.#active === 0 && this.#waiting() === 0)
      for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}
