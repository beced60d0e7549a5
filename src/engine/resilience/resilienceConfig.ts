/** How calls to one provider are protected, with every default filled in. Times are in milliseconds. */
export interface ResilienceConfig {
  /** Null where it is switched off. */
  breaker: BreakerConfig | null;
  /** Null where nothing is repeated. */
  retry: RetryConfig | null;
  limit: LimitConfig;
  /** Requests per minute that are kept to from the start; 0 allows none, absent does not limit. */
  rpm?: number;
  /** Tokens per minute, input and output together; as `rpm`. */
  tpm?: number;
}

/** When calls to a provider that fails are no longer made, and for how long. */
export interface BreakerConfig {
  /** Failures in a row that open it. */
  failures: number;
  /** Share of failed calls in the window, above 0 and up to 1, from which it opens. */
  failureRate: number;
  /** Share of slow calls in the window, above 0 and up to 1, from which it opens. */
  slowRate: number;
  /** A call is slow if nothing at all came for so long. */
  slowMs: number;
  /** Calls in the window below which rates decide nothing. */
  minimumCalls: number;
  window: BreakerWindow;
  /** How long it stays open at first; 0 lets a probe through at once. */
  openMs: number;
  /** The time grows with each failed probe, up to this. */
  openMaxMs: number;
  /** Probes that must succeed before it closes. */
  halfOpenCalls: number;
}

export type BreakerWindow = { kind: 'calls'; calls: number } | { kind: 'time'; ms: number };

export interface RetryConfig {
  /** Attempts at one call, the first included. */
  attempts: number;
  /** Share of all calls that may be retries, 0 to 1; 0 allows none. */
  budget: number;
  /** The first back-off is drawn from 0 to this; each further limit doubles, up to `maxMs`. */
  baseMs: number;
  maxMs: number;
}

/** Calls at once. The provider's `max_concurrency` stays the cap. */
export interface LimitConfig {
  /** Whether the limit follows what the provider allows; else it is `max`. */
  adaptive: boolean;
  min: number;
  max: number;
}

/** One bulkhead. A limit of 0 allows none, an absent one does not limit. */
export interface PoolConfig {
  /** Whose budget it is, for messages, where it is no bulkhead of a person's. */
  owner?: string;
  /** Calls at once. */
  maxConcurrency?: number;
  /** Calls that may wait for a place. */
  queue?: number;
  tokensPerHour?: number;
  costPerHourUsd?: number;
  /** What happens to a call that finds no place, or no budget. */
  whenFull: 'wait' | 'reject';
}

/** Calls that the window of a breaker covers, where the file gives none. */
export const DEFAULT_WINDOW_CALLS = 20;

export const DEFAULT_BREAKER: BreakerConfig = {
  failures: 5,
  failureRate: 0.5,
  slowRate: 0.8,
  slowMs: 60_000,
  minimumCalls: 10,
  window: { kind: 'calls', calls: DEFAULT_WINDOW_CALLS },
  openMs: 60_000,
  openMaxMs: 600_000,
  halfOpenCalls: 3,
};

export const DEFAULT_RETRY: RetryConfig = { attempts: 4, budget: 0.1, baseMs: 500, maxMs: 20_000 };

export const DEFAULT_LIMIT: LimitConfig = { adaptive: true, min: 1, max: 64 };

export const DEFAULT_RESILIENCE: ResilienceConfig = {
  breaker: DEFAULT_BREAKER,
  retry: DEFAULT_RETRY,
  limit: DEFAULT_LIMIT,
};

/** Bulkheads that are there without configuration. A user's own have other names. */
export const BUILT_IN_POOLS = ['target', 'judge', 'embedding', 'gateway', 'shadow'] as const;
