import type { SharedPlaces } from './places.ts';
import { type Task, TaskQueue } from './taskQueue.ts';

/**
 * Starts tasks, at most `limit` at a time; tasks that wait for a place are kept in queues, which take turns, each in order. None has
 * more places than its share while another has work to come: so tasks that take long leave those of others theirs.
 */
export class Lane {
  limit: number;
  /** By name, in the order of the next turn. */
  readonly #queues = new Map<string, TaskQueue>();
  readonly #onError: (error: unknown) => void;
  readonly #places: SharedPlaces | undefined;
  #active = 0;
  #idleWaiters: (() => void)[] = [];

  /** `onError` hears of a task that rejected; the lane goes on. A task also needs one of `places`, where they are given. */
  constructor(limit: number, onError: (error: unknown) => void, places?: SharedPlaces) {
    this.limit = limit;
    this.#onError = onError;
    this.#places = places;
  }

  /** Work of this queue is to come. */
  open(name: string): void {
    this.#queue(name);
  }

  /** Nothing more comes in this queue, but what its own tasks put there: the others may have its places. */
  close(name: string): void {
    this.#queue(name).closed = true;
    this.#pump();
  }

  push(task: Task, name = ''): void {
    this.#queue(name).push(task);
    this.#pump();
  }

  /** Undefined while the queue is short; otherwise resolves as soon as it is. */
  room(name = ''): Promise<void> | undefined {
    return this.#queue(name).room(this.limit);
  }

  /** Nothing of the queue waits for a place. */
  isDrained(name: string): boolean {
    return this.#queue(name).waiting === 0;
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    let dropped = 0;
    for (const queue of this.#queues.values()) dropped += queue.clear();
    this.#wake();
    return dropped;
  }

  get #isIdle(): boolean {
    return this.#active === 0 && [...this.#queues.values()].every(({ isIdle }) => isIdle);
  }

  #queue(name: string): TaskQueue {
    const known = this.#queues.get(name) ?? new TaskQueue();
    this.#queues.set(name, known);
    return known;
  }

  readonly #pump = (): void => {
    while (this.#active < this.limit) {
      const next = this.#next();
      if (!next || (this.#places && !this.#places.take(this.#pump))) return;

      const [name, queue] = next;
      const task = queue.take();
      // Its next turn is behind those of the others.
      this.#queues.delete(name);
      this.#queues.set(name, queue);
      if (task) this.#start(task, queue);
    }
  };

  /** The queue whose turn is next, of those that have work and a place left. */
  #next(): [string, TaskQueue] | undefined {
    const share = this.#share();
    for (const [name, queue] of this.#queues)
      if (queue.waiting > 0 && queue.active < share) return [name, queue];
    return undefined;
  }

  #share(): number {
    let open = 0;
    for (const { closed, isIdle } of this.#queues.values()) if (!closed || !isIdle) open += 1;
    return Math.ceil(this.limit / Math.max(1, open));
  }

  async #start(task: Task, queue: TaskQueue): Promise<void> {
    this.#active += 1;
    queue.active += 1;
    try {
      await task();
    } catch (error) {
      this.#onError(error);
    }

    this.#active -= 1;
    queue.active -= 1;
    // Who shares the places comes first, where one of them waits.
    this.#places?.give();
    this.#pump();
    this.#wake();
  }

  #wake(): void {
    for (const queue of this.#queues.values()) queue.wake(this.limit);
    if (this.#isIdle) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}
