import type { Clock } from '../engine/ports.ts';

/** Notices when nothing has been needed for a while. It looks from time to time, so that whatever is needed has only to say so when asked. */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #isNeeded: () => boolean;
  readonly #stopped = new AbortController();
  #neededAt: number;

  constructor({ clock, idleMs, isNeeded }: { clock: Clock; idleMs: number; isNeeded: () => boolean }) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#isNeeded = isNeeded;
    this.#neededAt = clock.monotonic();
  }

  /** Something happened just now for which it was needed. */
  touch(): void {
    this.#neededAt = this.#clock.monotonic();
  }

  /** Resolves to true once it is idle, to false when it is stopped before. */
  async idle(): Promise<boolean> {
    while (!this.#stopped.signal.aborted) {
      if (this.#isNeeded()) this.touch();
      const left = this.#neededAt + this.#idleMs - this.#clock.monotonic();
      if (left <= 0) return true;
      await this.#clock.sleep(Math.min(left, this.#idleMs / 4), this.#stopped.signal).catch(() => {});
    }
    return false;
  }

  stop(): void {
    this.#stopped.abort('stopped');
  }
}
