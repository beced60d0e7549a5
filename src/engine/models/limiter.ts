/** Lets so many calls run at once; the others wait in the order in which they came. */
export interface Limiter {
  /** Rejects with the signal's reason when aborted while waiting. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Takes a place, which whoever took it must leave once. Rejects as `run` does. */
  enter(signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  most: number;
  admit(): void;
}

/**
 * The calls to one server, by whoever makes them. Callers may allow different numbers of calls at once; the smallest
 * number holds as long as one of its callers has a call running.
 */
export class SharedLimit {
  /** How many calls run, by the number that their callers allow. */
  readonly #running = new Map<number, number>();
  readonly #waiting = new Set<Waiting>();
  #count = 0;

  /** The limit as callers see it that allow `most` calls at once. */
  limiter(most: number): Limiter {
    const enter = async (signal: AbortSignal): Promise<() => void> => {
      signal.throwIfAborted();
      await this.#enter(most, signal);
      return () => this.#leave(most);
    };

    return {
      enter,

      run: async (work, signal) => {
        const leave = await enter(signal);
        try {
          return await work();
        } finally {
          leave();
        }
      },
    };
  }

  #enter(most: number, signal: AbortSignal): Promise<void> | undefined {
    if (this.#waiting.size === 0 && this.#hasRoom(most)) {
      this.#begin(most);
      return undefined;
    }

    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        most,
        admit: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };

      const leave = () => {
        this.#waiting.delete(entry);
        reject(signal.reason);
        // Whoever waited behind it may need fewer free places than it did.
        this.#admitWaiting();
      };

      this.#waiting.add(entry);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #leave(most: number): void {
    const left = (this.#running.get(most) ?? 0) - 1;
    if (left > 0) this.#running.set(most, left);
    else this.#running.delete(most);
    this.#count--;

    this.#admitWaiting();
  }

  #admitWaiting(): void {
    for (const next of this.#waiting) {
      if (!this.#hasRoom(next.most)) return;
      this.#waiting.delete(next);
      this.#begin(next.most);
      next.admit();
    }
  }

  #begin(most: number): void {
    this.#running.set(most, (this.#running.get(most) ?? 0) + 1);
    this.#count++;
  }

  #hasRoom(most: number): boolean {
    if (this.#count >= most) return false;
    for (const allowed of this.#running.keys()) if (this.#count >= allowed) return false;
    return true;
  }
}
