import type { Interval } from '../../../src/engine/statistics/interval.ts';

const STEP = 0.0005;

/**
 * The least coverage of an interval for a proportion over a grid of proportions and just beside each end of an interval, where
 * coverage jumps; a finite sum over how often `n` trials may hit, without simulation.
 */
export function leastCoverage(
  n: number,
  intervalOf: (hits: number) => Interval | null,
): { coverage: number; at: number } {
  const intervals = Array.from({ length: n + 1 }, (_, hits) => intervalOf(hits));
  const jumps = intervals.flatMap((interval) => (interval ? [interval.low, interval.high] : []));
  const grid = Array.from({ length: Math.round(1 / STEP) - 1 }, (_, at) => (at + 1) * STEP);
  const beside = jumps.flatMap((end) => [end - 1e-9, end + 1e-9]);

  let least = { coverage: 1, at: Number.NaN };
  for (const at of [...grid, ...beside]) {
    if (!(at >= STEP && at <= 1 - STEP)) continue;
    const coverage = coverageAt(at, n, intervals);
    if (coverage < least.coverage) least = { coverage, at };
  }
  return least;
}

function coverageAt(share: number, n: number, intervals: readonly (Interval | null)[]): number {
  let logChoose = 0;
  let covered = 0;
  for (const [hits, interval] of intervals.entries()) {
    if (hits > 0) logChoose += Math.log((n - hits + 1) / hits);
    if (!interval || share < interval.low || share > interval.high) continue;
    covered += Math.exp(logChoose + hits * Math.log(share) + (n - hits) * Math.log1p(-share));
  }
  return covered;
}
