import type { CallFacts, Permit, Policy } from './policy.ts';

interface Waiting {
  most: number;
  admit(): void;
}

/**
 * The calls to one server, by whoever makes them; the others wait in the order in which they came. Callers may allow
 * different numbers of calls at once; the smallest number holds as long as one of its callers has a call running.
 */
export class SharedLimit {
  /** How many calls run, by the number that their callers allow. */
  readonly #running = new Map<number, number>();
  readonly #waiting = new Set<Waiting>();
  #count = 0;

  /** The limit as callers see it that allow `most` calls at once. */
  policy(most: number): Policy {
    return { name: 'limit', admit: (call) => this.#admit(most, call) };
  }

  #admit(most: number, { signal }: CallFacts): Permit | Promise<Permit> {
    signal.throwIfAborted();
    if (this.#waiting.size === 0 && this.#hasRoom(most)) return this.#begin(most);

    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        most,
        admit: () => {
          signal.removeEventListener('abort', leave);
          resolve(this.#begin(most));
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

  #begin(most: number): Permit {
    this.#running.set(most, (this.#running.get(most) ?? 0) + 1);
    this.#count++;

    let settled = false;
    return {
      settle: () => {
        if (!settled) this.#leave(most);
        settled = true;
      },
    };
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
      next.admit();
    }
  }

  #hasRoom(most: number): boolean {
    if (this.#count >= most) return false;
    for (const allowed of this.#running.keys()) if (this.#count >= allowed) return false;
    return true;
  }
}
