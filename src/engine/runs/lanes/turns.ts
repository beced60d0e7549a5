import type { Clock } from '../../ports.ts';

/** Work that waits for nothing may go on for so long at a stretch, in milliseconds. */
const STRETCH_MS = 8;

/** Lets timers, connections and whoever asks have their turn amid work that waits for nothing, such as echoing. */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #since: number;
  #waiting: Promise<void> | undefined;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** Undefined where work may go on at once; otherwise resolves when the others have had their turn. */
  take(): Promise<void> | undefined {
    if (!this.#waiting && this.#clock.monotonic() - this.#since >= STRETCH_MS) this.#waiting = this.#pause();
    return this.#waiting;
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#waiting = undefined;
    this.#since = this.#clock.monotonic();
  }
}
