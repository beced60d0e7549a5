/** Starts a task as soon as there is a place for it. */
type Enqueue = (task: () => Promise<unknown>) => void;

/** Runs tasks one after the other, whatever lane each of them takes its place in. */
export class Chain {
  readonly #queue: { enqueue: Enqueue; task: () => Promise<unknown> }[] = [];
  #busy = false;
  #waiters: { most: number; resolve: () => void }[] = [];

  push(enqueue: Enqueue, task: () => Promise<unknown>): void {
    this.#queue.push({ enqueue, task });
    if (!this.#busy) this.#next();
  }

  /** Undefined while at most `most` tasks are left, running ones included; otherwise resolves as soon as that is so. */
  left(most: number): Promise<void> | undefined {
    if (this.#left <= most) return undefined;
    return new Promise((resolve) => this.#waiters.push({ most, resolve }));
  }

  /** Drops what has not started; returns how much that was. What waits in a lane must be dropped there. */
  clear(): number {
    const dropped = this.#queue.length;
    this.#queue.length = 0;
    this.#busy = false;
    this.#wake();
    return dropped;
  }

  get #left(): number {
    return this.#queue.length + (this.#busy ? 1 : 0);
  }

  /** The next task is queued while this one still has its place, so that its lane is never idle in between. */
  #next(): void {
    const step = this.#queue.shift();
    this.#busy = step !== undefined;
    this.#wake();
    step?.enqueue(async () => {
      try {
        await step.task();
      } finally {
        this.#next();
      }
    });
  }

  #wake(): void {
    const ready = this.#waiters.filter(({ most }) => this.#left <= most);
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter(({ most }) => this.#left > most);
    for (const { resolve } of ready) resolve();
  }
}
