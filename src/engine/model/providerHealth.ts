/** State of one provider, as plain data for the terminal and the editor. Times are milliseconds since the epoch. */
export interface ProviderHealth {
  /** Opaque; tells apart what is asked at one origin with different keys. Holds nothing of a key. */
  id: string;
  /** Name in the configuration. */
  provider: string;
  /** Scheme, host and port. */
  origin: string;
  breaker: BreakerHealth;
  calls: {
    /** In the breaker's window. */
    total: number;
    failed: number;
    slow: number;
    rateLimited: number;
    underWay: number;
    waiting: number;
  };
  /** Calls at once: what the adaptive limit allows now, and the most that it may. */
  limit: { now: number | null; most: number | null };
  /** What may still be repeated, as a share of what the retry budget holds when it is full, 0 to 1. */
  retryBudget: number;
  /** Until when the provider asked us to wait; null where it did not. */
  pausedUntil: number | null;
  /** Per minute: what was used in the last minute, and the limit; null where none is set or known. */
  requests: { used: number; limit: number | null };
  tokens: { used: number; limit: number | null };
  totals: ProviderTotals;
}

/** Since the process began. */
export interface ProviderTotals {
  calls: number;
  retries: number;
  rateLimited: number;
  rejected: number;
  /** Calls that something else answered. */
  fallbacks: number;
  /** Of all calls together, retries' waits included. */
  waitedMs: number;
}

export type BreakerHealth =
  | { state: 'closed' }
  | { state: 'open'; since: number; until: number; reason: string }
  | { state: 'half-open'; since: number; probes: number }
  | { state: 'isolated'; since: number };

/** State of one bulkhead. */
export interface PoolHealth {
  pool: string;
  concurrency: { underWay: number; most: number | null };
  queue: { waiting: number; most: number | null };
  /** Over the last hour, reservations included; null where no budget is set. */
  tokens: BudgetHealth | null;
  costUsd: BudgetHealth | null;
}

export interface BudgetHealth {
  used: number;
  reserved: number;
  limit: number;
}

export interface ResilienceHealth {
  providers: ProviderHealth[];
  pools: PoolHealth[];
}
