import type {
  BudgetHealth,
  PoolHealth,
  ProviderHealth,
  ResilienceHealth,
} from '../../model/providerHealth.ts';
import type { PoolUse } from '../../resilience/budget/hourlyLedger.ts';
import type { PoolConfig } from '../../resilience/resilienceConfig.ts';
import type { ProviderConfig } from '../modelProvider.ts';

/** Providers and bulkheads of a workspace, as far as anything is known of them. */
export interface ProvidersOverview {
  providers: ProviderRow[];
  pools: PoolHealth[];
}

export interface ProviderRow {
  /** Name in the configuration. */
  name: string;
  /** Scheme, host and port. */
  origin: string;
  /** Null for one that no process that is seen has called. */
  health: ProviderHealth | null;
}

export interface OverviewSources {
  providers: { readonly [name: string]: ProviderConfig };
  bulkheads: { readonly [name: string]: PoolConfig };
  /** Of the processes that make calls, one each. */
  live: readonly ResilienceHealth[];
  /** What a bulkhead used in the last hour, over all processes; nothing where no store is there yet. */
  used(pool: string): PoolUse | undefined;
}

/**
 * The providers of the configuration, each with what is known of it, then others that were called; and the bulkheads that are
 * configured or in use.
 */
export function providersOverview({ providers, bulkheads, live, used }: OverviewSources): ProvidersOverview {
  const called = live.flatMap((health) => health.providers);
  const configured = Object.entries(meantProviders(providers)).flatMap(
    ([name, { baseUrl }]): ProviderRow[] => {
      const origin = URL.parse(baseUrl)?.origin ?? baseUrl;
      const own = called.filter((health) => health.provider === name);
      return own.length === 0
        ? [{ name, origin, health: null }]
        : own.map((health) => ({ name, origin: health.origin, health }));
    },
  );
  const others = called
    .filter(({ provider }) => !configured.some(({ name }) => name === provider))
    .map((health) => ({ name: health.provider, origin: health.origin, health }));

  const names = new Set([
    ...Object.keys(bulkheads),
    ...live.flatMap(({ pools }) => pools.map(({ pool }) => pool)),
  ]);
  const pools = [...names].map((pool) => {
    const inUse = live.flatMap((health) => health.pools.filter((one) => one.pool === pool));
    return poolOf(pool, bulkheads[pool], inUse, used(pool));
  });

  return { providers: [...configured, ...others], pools };
}

/** Those of the file; the built-in one, which is there without being meant, only where the file defines none. */
export function meantProviders(providers: { readonly [name: string]: ProviderConfig }): {
  [name: string]: ProviderConfig;
} {
  const defined = Object.entries(providers).filter(([, { location }]) => location !== undefined);
  return Object.fromEntries(defined.length > 0 ? defined : Object.entries(providers));
}

/** Concurrency is that of each process; what several processes do is added up. Budgets are one for all of them. */
function poolOf(
  pool: string,
  config: PoolConfig | undefined,
  [first, ...others]: readonly PoolHealth[],
  use: PoolUse | undefined,
): PoolHealth {
  if (first) {
    return {
      ...first,
      concurrency: {
        ...first.concurrency,
        underWay: others.reduce(
          (sum, { concurrency }) => sum + concurrency.underWay,
          first.concurrency.underWay,
        ),
      },
      queue: {
        ...first.queue,
        waiting: others.reduce((sum, { queue }) => sum + queue.waiting, first.queue.waiting),
      },
      tokens: first.tokens ?? budgetOf(config?.tokensPerHour, use?.tokens),
      costUsd: first.costUsd ?? budgetOf(config?.costPerHourUsd, use?.costUsd),
    };
  }

  return {
    pool,
    concurrency: { underWay: 0, most: config?.maxConcurrency ?? null },
    queue: { waiting: 0, most: config?.queue ?? null },
    tokens: budgetOf(config?.tokensPerHour, use?.tokens),
    costUsd: budgetOf(config?.costPerHourUsd, use?.costUsd),
  };
}

/** Null without a limit. Nothing was used where no store is there. */
function budgetOf(
  limit: number | undefined,
  { used, reserved }: { used: number; reserved: number } = { used: 0, reserved: 0 },
): BudgetHealth | null {
  return limit === undefined ? null : { used, reserved, limit };
}
