import { contentHash } from '../model/hash.ts';
import type { Clock, Random } from '../ports.ts';
import { backoff } from './backoff.ts';
import type { Guard, Retry } from './guard.ts';
import type { Policy } from './policy.ts';
import { Pools } from './pools.ts';
import { DEFAULT_RESILIENCE, type ResilienceConfig } from './resilienceConfig.ts';
import { SharedLimit } from './sharedLimit.ts';
import { wrap } from './wrap.ts';

/** Who is called. */
export interface GuardedProvider {
  /** Name in the configuration. */
  provider: string;
  /** Scheme, host and port; a name of its own for what is no server. */
  origin: string;
  /** Keys and headers. Only a digest of them is kept. */
  credential: readonly string[];
  resilience?: ResilienceConfig | undefined;
  /** Calls at once, whatever else allows more. */
  maxConcurrency?: number | undefined;
}

/** What all calls to one provider with one credential share. */
interface Shared {
  limit: SharedLimit;
}

/**
 * The guards of all providers that an engine asks, whoever asks them: targets of both sides of a comparison, judges and
 * embeddings, and other runs of the same window. One server asked with one credential is one provider, under whatever
 * names it is configured. Where it is configured with several limits, as in two revisions, the smallest holds while calls
 * under it run.
 */
export class ProviderGuards {
  readonly pools: Pools;
  readonly #ports: { clock: Clock; random: Random };
  readonly #shared = new Map<string, Shared>();

  constructor(ports: { clock: Clock; random: Random }, pools: Pools = new Pools()) {
    this.#ports = { clock: ports.clock, random: ports.random };
    this.pools = pools;
  }

  of({
    provider,
    origin,
    credential,
    resilience = DEFAULT_RESILIENCE,
    maxConcurrency,
  }: GuardedProvider): Guard {
    const key = `${origin} ${contentHash([...credential])}`;
    const shared = this.#shared.get(key) ?? { limit: new SharedLimit() };
    this.#shared.set(key, shared);

    const attemptPolicies: Policy[] = [shared.limit.policy(maxConcurrency ?? Number.POSITIVE_INFINITY)];
    return wrap({
      provider,
      ...this.#ports,
      poolPolicies: (pool) => this.pools.policiesOf(pool),
      attemptPolicies,
      retry: resilience.retry ? backoff(resilience.retry) : NO_RETRY,
    });
  }
}

const NO_RETRY: Retry = { next: () => ({ stop: 'attempts' }) };
