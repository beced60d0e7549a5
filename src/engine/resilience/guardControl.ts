import type { ResilienceHealth } from '../model/providerHealth.ts';

/**
 * Limits of a bulkhead that a person sets for the time being. 0 allows none, null is what the configuration says, and an absent one
 * stays as it is.
 */
export interface PoolLimitChange {
  maxConcurrency?: number | null;
  tokensPerHour?: number | null;
  costPerHourUsd?: number | null;
}

/** What a person sees and steers of the guards of one process. What is changed holds until the process ends. */
export interface GuardControl {
  /** Providers that were called, or that somebody steered, and all bulkheads that are configured or were used. */
  health(): ResilienceHealth;
  /** No call is made until `reset`. `id` is that of ProviderHealth; false where there is none such, here and below. */
  isolate(id: string): boolean;
  /** Closes the breaker, and forgets the waits that the provider asked for. */
  reset(id: string): boolean;
  /**
   * A person begins something that calls providers, and may have started one that was gone: breakers that are open let a call through
   * at once, one at a time, and stay open for the rest of their time where it fails. What is isolated stays so.
   */
  tryEarly(): void;
  /** Calls at once; 0 allows none, null is what the configuration says. */
  limitProvider(id: string, most: number | null): boolean;
  limitPool(pool: string, limits: PoolLimitChange): boolean;
}
