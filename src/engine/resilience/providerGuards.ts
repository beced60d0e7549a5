import { contentHash } from '../model/hash.ts';
import type { ResilienceHealth } from '../model/providerHealth.ts';
import type { Guard } from './guard.ts';
import type { GuardControl, PoolLimitChange } from './guardControl.ts';
import { Pools } from './pools.ts';
import { type GuardPorts, ProviderGuard } from './providerGuard.ts';
import { DEFAULT_RESILIENCE, type ResilienceConfig } from './resilienceConfig.ts';

/** Who is called. */
export interface GuardedProvider {
  /** Name in the configuration. */
  provider: string;
  /** Scheme, host and port; a name of its own for what is no server. */
  origin: string;
  /** Keys and headers. Only a digest of them is kept. */
  credential: readonly string[];
  /** Where absent, the defaults, and no limit on calls at once but that which is found. */
  resilience?: ResilienceConfig | undefined;
  /** Calls at once, whatever else allows more. */
  maxConcurrency?: number | undefined;
}

/**
 * The guards of all providers that an engine asks, whoever asks them: targets of both sides of a comparison, judges and
 * embeddings, and other runs of the same window. One server asked with one credential is one provider, under whatever names
 * it is configured; the configuration that was read last holds. Of several limits of calls at once, as in two revisions, the
 * smallest holds while calls under it run. Each model of a provider has a breaker, an adaptive limit and a pause of its own.
 */
export class ProviderGuards implements GuardControl {
  readonly pools: Pools;
  readonly #ports: GuardPorts;
  /** By origin and credential. */
  readonly #guards = new Map<string, ProviderGuard>();

  constructor({ clock, random, log }: GuardPorts, pools: Pools = new Pools({ clock, log })) {
    this.#ports = { clock, random, log };
    this.pools = pools;
  }

  of({ provider, origin, credential, resilience = UNCONFIGURED, maxConcurrency }: GuardedProvider): Guard {
    const id = contentHash([origin, ...credential]).slice(0, 16);
    const known = this.#guards.get(id);
    const shared = known ?? new ProviderGuard({ id, provider, origin }, resilience, this.#ports);
    this.#guards.set(id, shared);
    known?.configure(resilience);

    return shared.guard(maxConcurrency ?? Number.POSITIVE_INFINITY, (pool) => this.pools.policiesOf(pool));
  }

  /** Something else answered a call of a provider, named as in the configuration. */
  fellBack(provider: string): void {
    const guards = [...this.#guards.values()].filter((guard) => guard.provider === provider);
    (guards.find(({ isUsed }) => isUsed) ?? guards[0])?.fellBack();
  }

  health(): ResilienceHealth {
    const used = [...this.#guards.values()].filter(({ isUsed }) => isUsed);
    return { providers: used.map((guard) => guard.health()), pools: this.pools.health() };
  }

  isolate(id: string): boolean {
    return this.#steer(id, (guard) => guard.isolate());
  }

  reset(id: string): boolean {
    return this.#steer(id, (guard) => guard.reset());
  }

  tryEarly(): void {
    for (const guard of this.#guards.values()) guard.tryEarly();
  }

  limitProvider(id: string, most: number | null): boolean {
    return this.#steer(id, (guard) => guard.limit(most));
  }

  limitPool(pool: string, limits: PoolLimitChange): boolean {
    return this.pools.limit(pool, limits);
  }

  #steer(id: string, act: (guard: ProviderGuard) => void): boolean {
    const guard = this.#guards.get(id);
    if (guard) act(guard);
    return guard !== undefined;
  }
}

const UNCONFIGURED: ResilienceConfig = {
  ...DEFAULT_RESILIENCE,
  limit: { ...DEFAULT_RESILIENCE.limit, max: Number.POSITIVE_INFINITY },
};
