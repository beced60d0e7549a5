import * as z from 'zod';

/** Times are milliseconds since the epoch; see model/providerHealth.ts for what each figure is. */
const breakerHealth = z.discriminatedUnion('state', [
  z.object({ state: z.literal('closed') }),
  z.object({ state: z.literal('open'), since: z.number(), until: z.number(), reason: z.string() }),
  z.object({ state: z.literal('half-open'), since: z.number(), probes: z.int() }),
  z.object({ state: z.literal('isolated'), since: z.number() }),
]);

const perMinute = z.object({ used: z.number(), limit: z.number().nullable() });

const providerHealth = z.object({
  id: z.string(),
  provider: z.string(),
  origin: z.string(),
  breaker: breakerHealth,
  calls: z.object({
    total: z.int(),
    failed: z.int(),
    slow: z.int(),
    rateLimited: z.int(),
    underWay: z.int(),
    waiting: z.int(),
  }),
  limit: z.object({ now: z.number().nullable(), most: z.number().nullable() }),
  retryBudget: z.number(),
  pausedUntil: z.number().nullable(),
  requests: perMinute,
  tokens: perMinute,
  totals: z.object({
    calls: z.int(),
    retries: z.int(),
    rateLimited: z.int(),
    rejected: z.int(),
    // An engine of an earlier version does not count them.
    fallbacks: z.int().default(0),
    waitedMs: z.number(),
  }),
});

const budgetHealth = z.object({ used: z.number(), reserved: z.number(), limit: z.number() });

const poolHealth = z.object({
  pool: z.string(),
  concurrency: z.object({ underWay: z.int(), most: z.number().nullable() }),
  queue: z.object({ waiting: z.int(), most: z.number().nullable() }),
  tokens: budgetHealth.nullable(),
  costUsd: budgetHealth.nullable(),
});

/** Providers and bulkheads, as the window shows them. */
export const providerStates = z.object({
  providers: z.array(
    z.object({
      /** Name in the configuration. */
      name: z.string(),
      /** Scheme, host and port. */
      origin: z.string(),
      /** Null for one that was not called. */
      health: providerHealth.nullable(),
    }),
  ),
  pools: z.array(poolHealth),
  /** Stored replies, by cache; only of those that are configured or hold something. */
  caches: z.array(z.object({ name: z.enum(['exact', 'similar']), entries: z.int(), bytes: z.number() })),
});

export type ProviderStates = z.output<typeof providerStates>;
export type ProviderEntry = ProviderStates['providers'][number];
export type CacheEntry = ProviderStates['caches'][number];
export type PoolEntry = ProviderStates['pools'][number];
