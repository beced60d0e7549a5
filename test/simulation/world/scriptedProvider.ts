import { TokenBucket } from '../../../src/engine/simulate/tokenBucket.ts';
import type { ProviderPlan, Trouble } from './worldPlan.ts';

/** What comes back over the network. */
export type Reply =
  | { kind: 'answer'; afterMs: number; pieces: number; pauseMs: number; cut: boolean }
  | { kind: 'status'; afterMs: number; status: number; waitMs: number | undefined }
  | { kind: 'dropped'; afterMs: number }
  | { kind: 'nothing' };

/** One provider and the network before it, in virtual time. */
export class ScriptedProvider {
  readonly plan: ProviderPlan;
  readonly #random: () => number;
  readonly #bucket: TokenBucket | undefined;

  constructor(plan: ProviderPlan, random: () => number) {
    this.plan = plan;
    this.#random = random;
    this.#bucket = plan.limit ? new TokenBucket(plan.limit, 0) : undefined;
  }

  /** A request is sent at `now`. */
  receive(now: number): Reply {
    if (this.#random() < this.plan.loss) return { kind: 'nothing' };
    if (this.#random() < this.plan.duplicates) this.#bucket?.take(1, now);

    const refusedForMs = this.#bucket && !this.#bucket.take(1, now) ? this.#bucket.wait(1, now) : 0;
    if (refusedForMs > 0)
      return { kind: 'status', afterMs: 5, status: 429, waitMs: this.#asked(refusedForMs) };

    const trouble = this.plan.troubles.find(({ fromMs, toMs }) => fromMs <= now && now < toMs);
    const [least, most] = this.plan.latencyMs;
    return trouble ? this.#troubled(trouble) : this.#answer(least + this.#random() * (most - least), false);
  }

  #troubled({ kind, status }: Trouble): Reply {
    const afterMs = this.#random() * 500;
    switch (kind) {
      case 'status':
        return {
          kind: 'status',
          afterMs,
          status,
          waitMs: status === 429 || status === 503 ? this.#asked(2000) : undefined,
        };
      case 'wrong':
        return { kind: 'status', afterMs, status: 400, waitMs: undefined };
      case 'drop':
        return { kind: 'dropped', afterMs };
      case 'hang':
        return { kind: 'nothing' };
      case 'cut':
        return this.#answer(afterMs, true);
      case 'slow':
        return this.#answer(30_000 + this.#random() * 60_000, false);
    }
  }

  #answer(afterMs: number, cut: boolean): Reply {
    return {
      kind: 'answer',
      afterMs,
      pieces: 1 + Math.floor(this.#random() * 5),
      pauseMs: this.#random() * 2000,
      cut,
    };
  }

  #asked(ms: number): number | undefined {
    switch (this.plan.asks) {
      case 'milliseconds':
        return Math.ceil(ms);
      case 'nothing':
        return undefined;
      case 'zero':
        return 0;
      case 'far too long':
        return 86_400_000;
    }
  }
}
