import { isExact, type TokenBasis } from './tokenBasis.ts';

/** A number of tokens and how sure it is. `low` ≤ `tokens` ≤ `high`; all equal when it is exact. */
export interface TokenCount {
  tokens: number;
  low: number;
  high: number;
  exact: boolean;
}

/** `counted` tokens of the basis' encoding, turned into the model's. */
export function toTokenCount(counted: number, basis: TokenBasis): TokenCount {
  const { low, usual, high } = basis.ratio;
  return {
    tokens: Math.round(counted * usual),
    low: Math.floor(counted * low),
    high: Math.ceil(counted * high),
    exact: isExact(basis),
  };
}

export function addCounts(...counts: readonly TokenCount[]): TokenCount {
  const sum: TokenCount = { tokens: 0, low: 0, high: 0, exact: true };
  for (const count of counts) {
    sum.tokens += count.tokens;
    sum.low += count.low;
    sum.high += count.high;
    sum.exact &&= count.exact;
  }
  return sum;
}

/** A count that is known to be off by up to `margin` tokens in either direction. */
export function withMargin(count: TokenCount, margin: number): TokenCount {
  if (margin === 0) return count;
  return { ...count, low: Math.max(0, count.low - margin), high: count.high + margin, exact: false };
}
