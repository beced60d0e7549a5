import type { BudgetHealth, PoolHealth, ProviderHealth } from './providerHealth.ts';

/** How a provider is doing, in the one respect that matters most. Times are milliseconds since the epoch. */
export type ProviderCondition =
  | { kind: 'not-called' }
  | { kind: 'isolated' }
  | { kind: 'open'; until: number; reason: string }
  | { kind: 'half-open'; probes: number }
  /** It asked us to wait. */
  | { kind: 'paused'; until: number }
  | { kind: 'waiting'; calls: number }
  | { kind: 'working'; calls: number }
  | { kind: 'ready' };

export function providerCondition(health: ProviderHealth | null, now: number): ProviderCondition {
  if (!health) return { kind: 'not-called' };

  const { breaker, pausedUntil, calls } = health;
  if (breaker.state === 'isolated') return { kind: 'isolated' };
  if (breaker.state === 'open') return { kind: 'open', until: breaker.until, reason: breaker.reason };
  if (breaker.state === 'half-open') return { kind: 'half-open', probes: breaker.probes };
  if (pausedUntil !== null && pausedUntil > now) return { kind: 'paused', until: pausedUntil };
  if (calls.waiting > 0) return { kind: 'waiting', calls: calls.waiting };
  return calls.underWay > 0 ? { kind: 'working', calls: calls.underWay } : { kind: 'ready' };
}

/** From this share of a budget on, people are warned. */
export const BUDGET_WARNING = 0.8;

/** Share of a budget that is used or reserved, 0 to 1 and beyond; all of it where none is allowed. */
export function budgetShare({ used, reserved, limit }: BudgetHealth): number {
  return limit > 0 ? (used + reserved) / limit : 1;
}

/** What can still be used in this hour; never below 0. */
export function budgetLeft({ used, reserved, limit }: BudgetHealth): number {
  return Math.max(0, limit - used - reserved);
}

/** The budget of a bulkhead of which the greatest share is used; null where it has none. */
export function scarcestBudget({
  tokens,
  costUsd,
}: Pick<PoolHealth, 'tokens' | 'costUsd'>): { of: 'tokens' | 'costUsd'; budget: BudgetHealth } | null {
  if (!tokens || !costUsd) {
    if (tokens) return { of: 'tokens', budget: tokens };
    return costUsd ? { of: 'costUsd', budget: costUsd } : null;
  }
  return budgetShare(tokens) >= budgetShare(costUsd)
    ? { of: 'tokens', budget: tokens }
    : { of: 'costUsd', budget: costUsd };
}
