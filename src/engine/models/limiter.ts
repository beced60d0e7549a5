/** Lets at most `limit` calls run at once; the others wait in the order in which they came. */
export interface Limiter {
  /** Rejects with the signal's reason when aborted while waiting. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** From now on at most so many, where that is fewer; what runs already is left alone. */
  lower(limit: number): void;
  /** Takes a place, which whoever took it must leave once. Rejects as `run` does. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createLimiter(most: number): Limiter {
  let limit = most;
  let running = 0;
  const waiting = new Set<() => void>();

  const wait = (signal: AbortSignal): Promise<void> | undefined => {
    if (running < limit) {
      running++;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const admit = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(admit);
        reject(signal.reason);
      };
      waiting.add(admit);
      signal.addEventListener('abort', leave, { once: true });
    });
  };

  // The place of a call that ends passes straight to the next in line, unless there are fewer places by now.
  const exit = () => {
    const [next] = waiting;
    if (next === undefined || running > limit) {
      running--;
      return;
    }
    waiting.delete(next);
    next();
  };

  const enter = async (signal: AbortSignal): Promise<() => void> => {
    signal.throwIfAborted();
    await wait(signal);
    return exit;
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
    lower: (fewer) => {
      limit = Math.min(limit, fewer);
    },
  };
}
