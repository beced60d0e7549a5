import type { AskedVersion, Observed, Pair, Router } from '../routers/router.ts';
import type { Side, Version, Weights } from '../sides.ts';

/**
 * A router that changes nothing any more once the right to do so is lost: a process that was suspended does not go on with what
 * another one has taken over since.
 */
export class GuardedRouter implements Router {
  readonly #router: Router;
  readonly #check: () => void;

  /** `check` throws where the right is lost, or may be. */
  constructor(router: Router, check: () => void) {
    this.#router = router;
    this.#check = check;
  }

  describe(signal: AbortSignal): Promise<string> {
    return this.#router.describe(signal);
  }

  current(signal: AbortSignal): Promise<Version | null> {
    return this.#router.current(signal);
  }

  observe(pair: Pair, signal: AbortSignal): Promise<Observed> {
    return this.#router.observe(pair, signal);
  }

  async start(pair: Pair, signal: AbortSignal): Promise<void> {
    this.#check();
    await this.#router.start(pair, signal);
  }

  async setWeights(pair: Pair, weights: Weights, signal: AbortSignal): Promise<void> {
    this.#check();
    await this.#router.setWeights(pair, weights, signal);
  }

  async stop(pair: Pair, side: Side, drainMs: number, signal: AbortSignal): Promise<void> {
    this.#check();
    await this.#router.stop(pair, side, drainMs, signal);
  }

  async settle(pair: Pair, signal: AbortSignal): Promise<void> {
    this.#check();
    await this.#router.settle(pair, signal);
  }

  target(pair: Pair, side: Side, signal: AbortSignal): Promise<AskedVersion> {
    return this.#router.target(pair, side, signal);
  }

  close(): Promise<void> {
    return this.#router.close();
  }
}
