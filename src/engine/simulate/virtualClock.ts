import type { Clock } from '../ports.ts';

interface Timer {
  due: number;
  /** Decides between timers of one moment. */
  order: number;
  wake: () => void;
}

/**
 * A clock whose time passes only when everybody waits: code that waits for hours by it runs in milliseconds, and in the same
 * order each time. Timers of one moment wake in the order of `tie`, a number drawn for each: by default, as they were set.
 */
export class VirtualClock implements Clock {
  readonly #start: number;
  readonly #tie: () => number;
  readonly #timers = new TimerHeap();
  #elapsed = 0;

  /** `start` is what the wall clock shows first, in milliseconds since the epoch. */
  constructor({ start = 0, tie }: { start?: number; tie?: () => number } = {}) {
    this.#start = start;
    let set = 0;
    this.#tie = tie ?? (() => set++);
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);

    return new Promise((resolve, reject) => {
      const timer: Timer = {
        due: this.#elapsed + Math.max(0, ms),
        order: this.#tie(),
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };

      const stop = () => {
        this.#timers.remove(timer);
        reject(signal?.reason);
      };

      this.#timers.add(timer);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  after(ms: number, work: () => void): () => void {
    const timer: Timer = { due: this.#elapsed + Math.max(0, ms), order: this.#tie(), wake: work };
    this.#timers.add(timer);
    return () => {
      // What has woken is in the heap no more, and would be remembered for ever.
      if (timer.due > this.#elapsed) this.#timers.remove(timer);
    };
  }

  /**
   * Runs `work` to its end, and returns what it returns. Throws where it waits for something that never comes: no timer is
   * left, and it has not ended. Rejects with the signal's reason.
   */
  async run<T>(work: () => Promise<T>, stop?: AbortSignal): Promise<T> {
    let ended = false;
    const result = work().finally(() => {
      ended = true;
    });
    // Whoever awaits the result below gets its error; until then it must not count as unhandled.
    result.catch(() => {});

    for (;;) {
      await everybodyWaits();
      stop?.throwIfAborted();
      if (ended) return result;

      const next = this.#timers.take();
      if (!next) throw new Error(`at ${this.#elapsed} ms, everybody waits for something that never comes`);
      this.#elapsed = next.due;
      next.wake();
    }
  }
}

/** Promises that are settled have been followed to their ends when the next turn of the event loop comes. */
function everybodyWaits(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The earliest timer first: a binary heap. */
class TimerHeap {
  readonly #heap: Timer[] = [];
  readonly #removed = new Set<Timer>();

  add(timer: Timer): void {
    const heap = this.#heap;
    heap.push(timer);

    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!isEarlier(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  /** It stays in the heap until its turn, and is then passed over. */
  remove(timer: Timer): void {
    this.#removed.add(timer);
  }

  take(): Timer | undefined {
    for (;;) {
      const first = this.#pop();
      if (!first) return undefined;
      if (!this.#removed.delete(first)) return first;
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;

    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let smaller = left;
      if (right < heap.length && isEarlier(heap[right] as Timer, heap[left] as Timer)) smaller = right;
      if (smaller >= heap.length || !isEarlier(heap[smaller] as Timer, last)) break;
      heap[at] = heap[smaller] as Timer;
      at = smaller;
    }
    heap[at] = last;

    return first;
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
