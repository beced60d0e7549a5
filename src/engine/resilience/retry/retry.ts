import type { Clock, Random } from '../../ports.ts';
import { type CallFacts, type Ending, waitsUntil } from '../policy.ts';
import type { RetryConfig } from '../resilienceConfig.ts';
import { type NextStep, nextWait } from './nextWait.ts';
import type { RetryBudget } from './retryBudget.ts';

interface RetryOptions {
  config: RetryConfig | null;
  /** Shared by all calls to a provider. */
  budget: RetryBudget;
  clock: Pick<Clock, 'monotonic'>;
  random: Pick<Random, 'next'>;
}

/** Repeats of the calls to one provider, within its budget. */
export class Retry {
  readonly #config: RetryConfig | null;
  readonly #budget: RetryBudget;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Pick<Random, 'next'>;

  constructor({ config, budget, clock, random }: RetryOptions) {
    this.#config = config;
    this.#budget = budget;
    this.#clock = clock;
    this.#random = random;
  }

  /** A call's first attempt is about to be made, and is none of the breaker's half-open ones. */
  begun(): void {
    this.#budget.earned(this.#clock.monotonic());
  }

  /**
   * What follows an attempt. A refusal for too many requests takes nothing from the budget: the provider is well, and limit and pace see to it
   * that it is asked less.
   */
  next(
    made: number,
    ending: Ending,
    call: Pick<CallFacts, 'deadline' | 'patienceMs' | 'estimate'>,
    { handedOn, probe, named = 0 }: { handedOn: boolean; probe: boolean; named?: number },
  ): NextStep {
    const now = this.#clock.monotonic();
    const next = nextWait(made, ending, {
      config: this.#config,
      now,
      deadline: waitsUntil(call, now),
      chance: this.#random.next(),
      tokens: call.estimate.tokens,
      handedOn,
      probe,
      named,
    });

    if ('stop' in next || ending.decision.kind === 'rate-limited') return next;
    return this.#budget.take(now) ? next : { stop: 'budget', until: now + next.waitMs };
  }
}
