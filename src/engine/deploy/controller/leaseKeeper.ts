import type { Clock } from '../../ports.ts';
import type { Journal } from '../journal/journal.ts';

/** How long a controller that does not show itself keeps its deployment where its process cannot be asked, in milliseconds. */
const LEASE_MS = 30_000;

/** The right to control a deployment has gone to somebody else. */
export class LeaseLost extends Error {}

/** Keeps the lease of a deployment. `signal` ends, with LeaseLost, as soon as it is another's or may be. */
export class LeaseKeeper {
  readonly #journal: Pick<Journal, 'hold' | 'release'>;
  readonly #deployment: string;
  readonly #holder: string;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #stopTimer: () => void = () => {};
  #renewed = 0;

  constructor(
    journal: Pick<Journal, 'hold' | 'release'>,
    { deployment, holder, clock }: { deployment: string; holder: string; clock: Clock },
  ) {
    this.#journal = journal;
    this.#deployment = deployment;
    this.#holder = holder;
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Who has it; null: we do now, and keep it. */
  async take(signal: AbortSignal): Promise<string | null> {
    const hold = await this.#journal.hold(this.#deployment, this.#holder, LEASE_MS, signal);
    if (!hold.isHeld) return hold.by;
    this.#renewed = this.#clock.monotonic();
    this.#schedule();
    return null;
  }

  /** Whether it is still ours. */
  async check(): Promise<boolean> {
    await this.#renew();
    return !this.signal.aborted;
  }

  /** Throws LeaseLost where it is over, or may be: nobody may have shown that this process lives. */
  assertHeld(): void {
    this.#endWhereOver(undefined);
    this.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    this.#stopTimer();
    if (this.signal.aborted) return;
    this.#controller.abort(new LeaseLost('released'));
    try {
      await this.#journal.release(this.#deployment, this.#holder, AbortSignal.timeout(5000));
    } catch {
      // It expires.
    }
  }

  #schedule(): void {
    this.#stopTimer = this.#clock.after(LEASE_MS / 3, () => {
      this.#renew().finally(() => {
        if (!this.signal.aborted) this.#schedule();
      });
    });
  }

  async #renew(): Promise<void> {
    try {
      const hold = await this.#journal.hold(this.#deployment, this.#holder, LEASE_MS, this.signal);
      if (hold.isHeld) this.#renewed = this.#clock.monotonic();
      else this.#controller.abort(new LeaseLost(`${hold.by} controls it now`));
    } catch (error) {
      this.#endWhereOver(error);
    }
  }

  #endWhereOver(cause: unknown): void {
    if (this.signal.aborted || this.#clock.monotonic() - this.#renewed < LEASE_MS) return;
    this.#controller.abort(new LeaseLost('its lease could not be renewed', { cause }));
  }
}
