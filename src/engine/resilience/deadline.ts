import type { Clock } from '../ports.ts';

/** A call had not ended at its time limit. */
export class DeadlineReached extends Error {
  readonly limitMs: number;

  /** `waitedFor`: what the call waited for when its time was over, before anything was sent. */
  constructor(limitMs: number, waitedFor?: string) {
    super(`no complete reply within ${limitMs / 1000} s${waitedFor === undefined ? '' : `: ${waitedFor}`}`);
    this.name = 'DeadlineReached';
    this.limitMs = limitMs;
  }
}

/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;

/** The time limit of one call, with the only timer of the call. `signal` ends with the caller's reason, or with DeadlineReached. */
export class Deadline {
  readonly limitMs: number;
  /** On the clock's monotonic scale, in milliseconds. */
  readonly at: number;
  readonly #caller: AbortSignal;
  readonly #expiry = new AbortController();
  readonly #stopTimer: (() => void) | undefined;

  constructor(clock: Clock, limitMs: number, caller: AbortSignal) {
    this.limitMs = limitMs;
    this.at = clock.monotonic() + limitMs;
    this.#caller = caller;
    caller.addEventListener('abort', this.#stop, { once: true });
    if (caller.aborted) this.#stop();

    if (limitMs <= LONGEST_MS)
      this.#stopTimer = clock.after(limitMs, () => this.#expiry.abort(new DeadlineReached(limitMs)));
  }

  get signal(): AbortSignal {
    return this.#expiry.signal;
  }

  /** The call has ended: nothing is kept alive any longer. */
  end(): void {
    this.#stopTimer?.();
    this.#caller.removeEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => this.#expiry.abort(this.#caller.reason);
}
