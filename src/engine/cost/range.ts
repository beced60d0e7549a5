import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { TokenCount } from '../models/tokens/tokenCount.ts';

/** A quantity that is not known yet: `low` ≤ `likely` ≤ `high`, in the same unit. */
export interface Range {
  low: number;
  likely: number;
  high: number;
}

export const NOTHING: Range = { low: 0, likely: 0, high: 0 };

export function addRanges(...ranges: readonly Range[]): Range {
  return ranges.reduce(
    (sum, range) => ({
      low: sum.low + range.low,
      likely: sum.likely + range.likely,
      high: sum.high + range.high,
    }),
    NOTHING,
  );
}

export function scaleRange({ low, likely, high }: Range, factor: number): Range {
  return { low: low * factor, likely: likely * factor, high: high * factor };
}

export function rangeOf({ low, tokens, high }: TokenCount): Range {
  return { low, likely: tokens, high };
}

/** With fewer values than this, the past says too little of what comes. */
export const LEAST_HISTORY = 5;

/**
 * The sum of `count` values yet to come, from past ones of the same kind: the 95 % prediction interval of
 * Hahn & Meeker, Statistical Intervals (1991), section 4.2, n·x̄ ± t·s·√(n + n²/h) for h past values.
 * Undefined with too few values.
 */
export function predictSum(past: readonly number[], count: number): Range | undefined {
  const range = predictSignedSum(past, count);
  // Counts, times and costs are never below 0.
  return range && { ...range, low: Math.max(0, range.low) };
}

/** The same for differences, which may be below 0. */
export function predictSignedSum(past: readonly number[], count: number): Range | undefined {
  const h = past.length;
  if (h < LEAST_HISTORY) return undefined;
  const mean = past.reduce((sum, value) => sum + value, 0) / h;
  const variance = past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (h - 1);
  const likely = count * mean;
  const half = tQuantile(0.975, h - 1) * Math.sqrt(variance * (count + count ** 2 / h));
  return { low: likely - half, likely, high: likely + half };
}
