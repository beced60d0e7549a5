/** Starts tasks in order, at most `limit` at a time; tasks that wait for a place are kept in a queue. */
export class Lane {
  readonly limit: number;
  readonly #queue: (() => Promise<unknown>)[] = [];
  readonly #onError: (error: unknown) => void;
  #head = 0;
  #active = 0;
  #roomWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];

  /** `onError` hears of a task that rejected; the lane goes on. */
  constructor(limit: number, onError: (error: unknown) => void) {
    this.limit = limit;
    this.#onError = onError;
  }

  push(task: () => Promise<unknown>): void {
    if (this.#active < this.limit) this.#start(task);
    else this.#queue.push(task);
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

  #start(task: () => Promise<unknown>): void {
    this.#active += 1;
    task()
      .catch(this.#onError)
      .finally(() => {
        this.#active -= 1;
        const next = this.#take();
        if (next) this.#start(next);
        this.#wake();
      });
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
