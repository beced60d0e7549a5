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

  /** Resolves at once, or when the others have had their turn. */
  async take(): Promise<void> {
    if (this.#waiting === undefined && this.#clock.monotonic() - this.#since < STRETCH_MS) return;
    this.#waiting ??= new Promise((resolve) => setImmediate(resolve));
    await this.#waiting;
    this.#waiting = undefined;
    this.#since = this.#clock.monotonic();
  }
}
