import type { ProviderHealth } from '../model/providerHealth.ts';
import { type Clock, type Log, noLog, type Random } from '../ports.ts';
import type { BreakerChange } from './breaker/breaker.ts';
import { Breakers } from './breaker/breakers.ts';
import { CallCounts } from './callCounts.ts';
import type { Guard } from './guard.ts';
import { AdaptiveLimit } from './limit/adaptiveLimit.ts';
import { Pace } from './pace/pace.ts';
import type { Policy } from './policy.ts';
import type { LimitConfig, ResilienceConfig } from './resilienceConfig.ts';
import { Retry } from './retry/retry.ts';
import { RetryBudget } from './retry/retryBudget.ts';
import { wrap } from './wrap.ts';

export interface GuardPorts {
  clock: Clock;
  random: Random;
  log?: Log | undefined;
}

const MOST_MODELS = 1_000;

/** Who a guard is for, and its id in views. */
interface GuardIdentity {
  id: string;
  /** Name in the configuration. */
  provider: string;
  origin: string;
}

/** What all calls to one provider with one credential share. */
export class ProviderGuard {
  readonly #identity: GuardIdentity;
  readonly #ports: GuardPorts;
  readonly #breakers: Breakers;
  readonly #limit: AdaptiveLimit;
  readonly #pace: Pace;
  readonly #counts: CallCounts;
  readonly #models = new Set<string>();
  #config: ResilienceConfig;
  #budget: RetryBudget;
  #retry: Retry;
  /** Calls at once that a person set, in place of the configuration's. */
  #most: number | null = null;
  #steered = false;

  constructor(identity: GuardIdentity, config: ResilienceConfig, ports: GuardPorts) {
    const { clock, random, log = noLog } = ports;
    this.#identity = identity;
    this.#ports = ports;
    this.#config = config;
    this.#breakers = new Breakers(config.breaker, { clock, random, log }, (...args) => this.#tell(...args));
    this.#limit = new AdaptiveLimit(config.limit, clock);
    this.#pace = new Pace(config, clock);
    this.#counts = new CallCounts(clock);
    this.#budget = new RetryBudget(config.retry?.budget ?? 0);
    this.#retry = this.#openRetry();
  }

  /** The guard of callers that allow `most` calls at once. */
  guard(most: number, poolPolicies: (pool: string) => readonly Policy[]): Guard {
    const { clock } = this.#ports;
    const guard = wrap({
      provider: this.#identity.provider,
      clock,
      poolPolicies,
      attemptPolicies: [this.#breakers, this.#limit.policy(most), this.#pace],
      retry: {
        begun: () => this.#retry.begun(),
        next: (...args) => this.#retry.next(...args),
      },
      events: this.#counts,
      estimate: (inputTokens) => this.#counts.estimate(inputTokens),
    });
    return { open: (call, attempt) => guard.open({ ...call, model: this.#told(call.model) }, attempt) };
  }

  /** Each model has a breaker, a limit and a pause for good, and clients of a gateway name models as they like: the last ones share theirs. */
  #told(model: string | undefined): string | undefined {
    if (model === undefined || this.#models.has(model)) return model;
    if (this.#models.size >= MOST_MODELS) return undefined;
    this.#models.add(model);
    return model;
  }

  /** Holds from now on. What has changed begins anew; the rest goes on as it was. */
  configure(config: ResilienceConfig): void {
    const before = this.#config;
    this.#config = config;
    if (!isSame(before.breaker, config.breaker)) this.#breakers.configure(config.breaker);
    if (!isSame(before.limit, config.limit)) this.#limit.configure(this.#limitConfig());
    if (before.rpm !== config.rpm || before.tpm !== config.tpm) this.#pace.configure(config);
    if (isSame(before.retry, config.retry)) return;

    if (before.retry?.budget !== config.retry?.budget)
      this.#budget = new RetryBudget(config.retry?.budget ?? 0);
    this.#retry = this.#openRetry();
  }

  isolate(): void {
    this.#steered = true;
    this.#breakers.isolate();
  }

  reset(): void {
    this.#steered = true;
    this.#breakers.reset();
    this.#pace.forget();
  }

  /** A person begins something: what is open is tried before its time. What was isolated stays so. */
  tryEarly(): void {
    this.#breakers.tryEarly();
  }

  /** Calls at once; null is what the configuration says. */
  limit(most: number | null): void {
    this.#steered = true;
    this.#most = most;
    this.#limit.configure(this.#limitConfig());
  }

  /** Something else answered a call. */
  fellBack(): void {
    this.#counts.fellBack();
  }

  get provider(): string {
    return this.#identity.provider;
  }

  /** Called, or steered by a person. */
  get isUsed(): boolean {
    const { calls, rejected } = this.#counts.totals;
    return this.#steered || calls > 0 || rejected > 0;
  }

  health(): ProviderHealth {
    const { clock } = this.#ports;
    const { now, most } = this.#limit.health();
    const { pausedUntil, requests, tokens } = this.#pace.health();
    const monotonic = clock.monotonic();
    return {
      ...this.#identity,
      breaker: this.#breakers.health(),
      calls: { ...this.#breakers.calls(), ...this.#counts.now },
      limit: { now: finite(now), most: finite(most) },
      retryBudget: this.#budget.share(monotonic),
      pausedUntil: pausedUntil === null ? null : clock.now() + pausedUntil - monotonic,
      requests,
      tokens,
      totals: this.#counts.totals,
    };
  }

  #tell(model: string | undefined, { to, reason }: BreakerChange): void {
    const { provider } = this.#identity;
    const { log = noLog } = this.#ports;
    const name = model === undefined ? provider : `${provider}/${model}`;
    if (to === 'open' && reason) log.write('warn', `${name}: the circuit breaker is open after ${reason}`);
    else log.write('info', `${name}: the circuit breaker is ${to}`);
  }

  #openRetry(): Retry {
    const { clock, random } = this.#ports;
    return new Retry({ config: this.#config.retry, budget: this.#budget, clock, random });
  }

  #limitConfig(): LimitConfig {
    const { limit } = this.#config;
    if (this.#most === null) return limit;
    return { ...limit, min: Math.min(limit.min, Math.max(1, this.#most)), max: this.#most };
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
