import { boundedMeanP, boundedShareInterval } from './boundedMean.ts';
import type { Interval } from './interval.ts';

/**
 * 95 % interval for a proportion of independent yes and no, `hits` of `n`: Clopper & Pearson 1934, Biometrika 26, 404–413.
 * Each end holds its own 97.5 % whatever the proportion is; Wilson's covers as little as 84 % of those near 0 and 1.
 *
 * Null for n = 0: no data is no interval.
 */
export function exactShareInterval(hits: number, n: number): Interval | null {
  if (!(n > 0 && hits >= 0 && hits <= n)) return null;
  return boundedShareInterval([
    { sum: 1, n: 1, count: hits },
    { sum: 0, n: 1, count: n - hits },
  ]);
}

/** One-sided exact p for "the proportion is at most `share`": at most 2.5 % where the interval lies above it. */
export function atMostP(hits: number, n: number, share: number): number {
  const signs = [
    { sum: 1, n: 1, count: hits },
    { sum: -1, n: 1, count: n - hits },
  ];
  return boundedMeanP(signs, 2 * share - 1).atMost;
}
