import type { Clock } from '../../src/engine/ports.ts';

interface Sleeper {
  due: number;
  wake(): void;
}

/** A clock that a test moves on by hand. Its wall time can be set apart from its monotonic time. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #elapsed: number;
  #wall: number;

  constructor({ elapsed = 0, wall = 1_800_000_000_000 }: { elapsed?: number; wall?: number } = {}) {
    this.#elapsed = elapsed;
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** How many wait for it. */
  get timers(): number {
    return this.#sleepers.size;
  }

  /** When the next of them wakes, on the monotonic scale. */
  get next(): number | undefined {
    return this.#next()?.due;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper = {
        due: this.#elapsed + ms,
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  after(ms: number, work: () => void): () => void {
    const sleeper = { due: this.#elapsed + ms, wake: work };
    this.#sleepers.add(sleeper);
    return () => void this.#sleepers.delete(sleeper);
  }

  /** Somebody sets the machine's clock. */
  setWall(now: number): void {
    this.#wall = now;
  }

  /** Time passes, and nobody who sleeps notices yet. */
  pass(ms: number): void {
    this.#elapsed += ms;
    this.#wall += ms;
  }

  /** Time passes, and everybody wakes in time. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settled();
    for (;;) {
      const next = this.#next();
      if (!next || next.due > end) break;
      this.pass(Math.max(0, next.due - this.#elapsed));
      this.#sleepers.delete(next);
      next.wake();
      await settled();
    }

    this.pass(end - this.#elapsed);
    await settled();
  }

  #next(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) if (!next || sleeper.due < next.due) next = sleeper;
    return next;
  }
}

/** Every promise that can go on has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
