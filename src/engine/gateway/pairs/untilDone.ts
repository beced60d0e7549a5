import type { Clock } from '../../ports.ts';

const EVERY_MS = 5_000;

/** Work that may fail for a while, such as with a store that is locked or full: tried again and again until it is done. */
export class UntilDone {
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #work: (() => boolean) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isWaiting(): boolean {
    return this.#work !== undefined;
  }

  /** Tries it at once. `work` returns whether it is done, and never throws. */
  begin(work: () => boolean): void {
    this.#work = work;
    this.#try();
  }

  /** Tries it once more, and never again. */
  close(): void {
    this.#closing.abort(new Error('nobody waits any longer'));
    this.#try();
  }

  #try(): void {
    if (this.#work?.()) this.#work = undefined;
    if (!this.#work || this.#closing.signal.aborted) return;
    this.#clock.sleep(EVERY_MS, this.#closing.signal).then(
      () => this.#try(),
      () => {},
    );
  }
}
