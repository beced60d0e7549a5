export type Task = () => Promise<unknown>;

/** Tasks of a lane that belong together, in order, and how many of them run. */
export class TaskQueue {
  active = 0;
  /** Nothing more comes, as far as is known. */
  closed = false;
  #tasks: Task[] = [];
  #head = 0;
  #waiters: (() => void)[] = [];

  get waiting(): number {
    return this.#tasks.length - this.#head;
  }

  /** Nothing runs and nothing waits. */
  get isIdle(): boolean {
    return this.active === 0 && this.waiting === 0;
  }

  push(task: Task): void {
    this.#tasks.push(task);
  }

  take(): Task | undefined {
    const next = this.#tasks[this.#head];
    if (!next) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#tasks.length) {
      this.#tasks.splice(0, this.#head);
      this.#head = 0;
    }
    return next;
  }

  /** Drops what waits; returns how much that was. */
  clear(): number {
    const dropped = this.waiting;
    this.#tasks = [];
    this.#head = 0;
    return dropped;
  }

  /** Undefined while fewer than `most` wait; otherwise resolves as soon as that is so. */
  room(most: number): Promise<void> | undefined {
    if (this.waiting < most) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Tells those who wait for room, where there is some. */
  wake(most: number): void {
    if (this.waiting < most) for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
