import type { Clock } from '../../ports.ts';
import { Refusals } from './refusals.ts';
import type { RunLimit } from './runLimit.ts';

interface EndingOptions {
  clock: Clock;
  /** The person's. */
  signal: AbortSignal;
  limit?: RunLimit;
  /** Aborted when no more trials are needed. */
  enough?: AbortSignal;
}

/** What ends an attempt at a run before its last trial: the person, a failure, a limit, a refusal, or that there is enough. */
export class Ending {
  /** Aborted when everything under way is to be given up. A limit lets it finish. */
  readonly signal: AbortSignal;
  /** What our own policies left undone. */
  readonly refusals: Refusals;
  readonly #options: EndingOptions;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  #failure: { error: unknown } | undefined;
  /** The limit was reached while trials were left. */
  #cutShort = false;

  constructor(options: EndingOptions) {
    const { signal, enough } = options;
    this.#options = options;
    this.refusals = new Refusals(options.clock);
    this.signal = AbortSignal.any([signal, this.#stop.signal, ...(enough ? [enough] : [])]);
  }

  /** What has not started is dropped as soon as the attempt ends; `drop` returns how much that was. */
  onEnd(drop: () => number): void {
    const listening = { once: true, signal: this.#over.signal };
    this.signal.addEventListener('abort', drop, listening);
    this.#options.limit?.signal.addEventListener(
      'abort',
      () => {
        if (!this.signal.aborted && drop() > 0) this.#cutShort = true;
      },
      listening,
    );
  }

  /** The attempt is done. A signal made of others that is still listened to would keep the whole attempt in memory. */
  close(): void {
    this.#over.abort();
  }

  /** Whether more trials may be put in line, of which there are some. */
  admits(): boolean {
    if (this.signal.aborted) return false;
    if (!this.#options.limit?.signal.aborted) return true;
    this.#cutShort = true;
    return false;
  }

  /** A trial was not let in. */
  cutShort(): void {
    this.#cutShort = true;
  }

  /** The first failure stops the attempt. */
  fail(error: unknown): void {
    if (this.signal.aborted && !this.#failure) {
      if (!isAbort(error, this.signal)) this.#failure = { error };
      return;
    }
    this.#failure ??= { error };
    this.#stop.abort(error);
  }

  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** Why trials are missing, for people; undefined where a person stopped the attempt. */
  get reason(): string | undefined {
    if (this.#options.signal.aborted) return undefined;
    return this.#options.limit?.reason ?? this.refusals.reason;
  }

  /** Trials are missing that are still needed. */
  get interrupted(): boolean {
    const { enough, signal } = this.#options;
    const isEnough = enough?.aborted === true && !signal.aborted;
    return !isEnough && (this.signal.aborted || this.#cutShort || this.refusals.reason !== undefined);
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
