import type { ProviderHealth } from '../model/providerHealth.ts';
import { type Clock, type Log, noLog, type Random } from '../ports.ts';
import { Breaker } from './breaker/breaker.ts';
import { CallCounts } from './callCounts.ts';
import type { Guard } from './guard.ts';
import { AdaptiveLimit } from './limit/adaptiveLimit.ts';
import { Pace } from './pace/pace.ts';
import type { Policy } from './policy.ts';
import type { BreakerConfig, LimitConfig, ResilienceConfig } from './resilienceConfig.ts';
import { Retry } from './retry/retry.ts';
import { RetryBudget } from './retry/retryBudget.ts';
import { wrap } from './wrap.ts';

export interface GuardPorts {
  clock: Clock;
  random: Random;
  log?: Log | undefined;
}

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
  readonly #limit: AdaptiveLimit;
  readonly #pace: Pace;
  readonly #counts: CallCounts;
  #config: ResilienceConfig;
  #breaker: Breaker;
  #budget: RetryBudget;
  #retry: Retry;
  /** Calls at once that a person set, in place of the configuration's. */
  #most: number | null = null;
  #steered = false;

  constructor(identity: GuardIdentity, config: ResilienceConfig, ports: GuardPorts) {
    const { clock } = ports;
    this.#identity = identity;
    this.#ports = ports;
    this.#config = config;
    this.#breaker = this.#openBreaker();
    this.#limit = new AdaptiveLimit(config.limit, clock);
    this.#pace = new Pace(config, clock);
    this.#counts = new CallCounts(clock);
    this.#budget = new RetryBudget(config.retry?.budget ?? 0);
    this.#retry = this.#openRetry();
  }

  /** The guard of callers that allow `most` calls at once. */
  guard(most: number, poolPolicies: (pool: string) => readonly Policy[]): Guard {
    const { clock } = this.#ports;
    const breaker: Policy = { name: 'breaker', admit: (call) => this.#breaker.admit(call) };

    return wrap({
      provider: this.#identity.provider,
      clock,
      poolPolicies,
      attemptPolicies: [breaker, this.#limit.policy(most), this.#pace],
      retry: {
        begun: () => this.#retry.begun(),
        next: (...args) => this.#retry.next(...args),
      },
      events: this.#counts,
      estimate: (inputTokens) => this.#counts.estimate(inputTokens),
    });
  }

  /** Holds from now on. What has changed begins anew; the rest goes on as it was. */
  configure(config: ResilienceConfig): void {
    const before = this.#config;
    this.#config = config;
    if (!isSame(before.breaker, config.breaker)) this.#breaker = this.#openBreaker();
    if (!isSame(before.limit, config.limit)) this.#limit.configure(this.#limitConfig());
    if (before.rpm !== config.rpm || before.tpm !== config.tpm) this.#pace.configure(config);
    if (isSame(before.retry, config.retry)) return;

    if (before.retry?.budget !== config.retry?.budget)
      this.#budget = new RetryBudget(config.retry?.budget ?? 0);
    this.#retry = this.#openRetry();
  }

  isolate(): void {
    this.#steered = true;
    this.#breaker.isolate();
  }

  reset(): void {
    this.#steered = true;
    this.#breaker.reset();
    this.#pace.forget();
  }

  /** Calls at once; null is what the configuration says. */
  limit(most: number | null): void {
    this.#steered = true;
    this.#most = most;
    this.#limit.configure(this.#limitConfig());
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
      breaker: this.#breaker.health(),
      calls: { ...this.#breaker.calls(), ...this.#counts.now },
      limit: { now: finite(now), most: finite(most) },
      retryBudget: this.#budget.share(monotonic),
      pausedUntil: pausedUntil === null ? null : clock.now() + pausedUntil - monotonic,
      requests,
      tokens,
      totals: this.#counts.totals,
    };
  }

  #openBreaker(): Breaker {
    const { provider } = this.#identity;
    const { clock, random, log = noLog } = this.#ports;
    const breaker = new Breaker(this.#config.breaker ?? NEVER_OPEN, { clock, random, log });
    breaker.onDidChange(({ to, reason }) => {
      if (to === 'open') log.write('warn', `${provider}: the circuit breaker is open after ${reason}`);
      else log.write('info', `${provider}: the circuit breaker is ${to}`);
    });
    return breaker;
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

/** A breaker that is switched off can still be opened by hand. */
const NEVER_OPEN: BreakerConfig = {
  failures: Number.POSITIVE_INFINITY,
  failureRate: Number.POSITIVE_INFINITY,
  slowRate: Number.POSITIVE_INFINITY,
  slowMs: Number.POSITIVE_INFINITY,
  minimumCalls: Number.POSITIVE_INFINITY,
  window: { kind: 'calls', calls: 20 },
  openMs: 0,
  openMaxMs: 0,
  halfOpenCalls: 1,
};

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
