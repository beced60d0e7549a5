/** What a call uses of a pool's budget: tokens, input and output together, and US dollars, null where unknown. */
export interface PoolAmount {
  tokens: number;
  costUsd: number | null;
}

/** Of any sixty minutes. 0 allows none, absent does not limit. */
export interface PoolLimits {
  tokensPerHour?: number;
  costPerHourUsd?: number;
}

/** What a pool has used in the last hour, and what calls under way may use. Costs are those that are known. */
export interface PoolUse {
  tokens: { used: number; reserved: number };
  costUsd: { used: number; reserved: number };
}

/** Names what was reserved for one call. The same number may be given again; never with the same expiry. */
export interface Reservation {
  id: number;
  /** The call cannot go on for longer, in milliseconds since the epoch. */
  expiresAt: number;
}

export type BudgetDecision =
  | { granted: true; reservation: Reservation }
  | { granted: false; refusal: BudgetRefusal };

export type BudgetRefusal =
  /** `until`: when enough is free at the latest, if nobody spends more; milliseconds since the epoch. `mayFit`: the call would fit if those under way used nothing. */
  | { kind: 'spent'; limit: keyof PoolLimits; until: number; mayFit: boolean }
  /** More than the limit allows in an hour. */
  | { kind: 'too large'; limit: keyof PoolLimits }
  /** The price is unknown, so nobody can tell whether a limit in dollars would be kept. */
  | { kind: 'unpriced' };

/**
 * What pools have used and reserved, over all processes that share the ledger. Times are milliseconds since the epoch. Each method is
 * atomic, and counts a reservation as used once its call must have ended.
 */
export interface BudgetLedger {
  /** Reserves `amount` where it fits. `expiresAt`: the call cannot go on for longer; what it used is then taken to be `amount`. */
  reserve(
    pool: string,
    amount: PoolAmount,
    limits: PoolLimits,
    now: number,
    expiresAt: number,
  ): BudgetDecision;
  /** Replaces a reservation by what was used; where that is null, by what was reserved. One that is gone stays as it was counted. */
  settle(
    reservation: Reservation,
    actual: { tokens: number | null; costUsd: number | null },
    now: number,
  ): void;
  /** Adds to what was used in the last hour, or takes from it, the oldest first; it never falls below 0. */
  correct(pool: string, change: { tokens?: number; costUsd?: number }, now: number): void;
  used(pool: string, now: number): PoolUse;
}
