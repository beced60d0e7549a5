import studentCdf from '@stdlib/stats-base-dists-t-cdf';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { bootstrapMean, type ClusterSum, leastP, UP_TO_95 } from './bootstrap.ts';
import type { MeanEstimate } from './clusteredMean.ts';
import type { Interval } from './interval.ts';
import type { Xoshiro128 } from './prng.ts';

/**
 * 95 % interval and two-sided p for a mean of paired differences: the more cautious of the BCa bootstrap over
 * clusters and Student's t with the clustered standard error and G − 1 degrees of freedom, at either end. For
 * many clusters the two agree; for a few dozen, of which half do not differ, the bootstrap alone covers the mean
 * too seldom (the simulation in test/bench shows by how much), and t alone misses skewness.
 *
 * Where p is smaller than the number of resamples can show, it is that of t.
 *
 * The interval is null where all clusters are alike; null altogether with too few clusters for the bootstrap.
 */
export function cautiousMean(
  clusters: readonly ClusterSum[],
  { mean, standardError }: MeanEstimate,
  random: Xoshiro128,
  upTo = UP_TO_95,
): { interval: Interval | null; p: number } | null {
  const boot = bootstrapMean(clusters, random, undefined, upTo);
  if (!boot || standardError === null) return null;
  if (!boot.interval || standardError === 0) return { interval: null, p: boot.p };

  const freedom = clusters.length - 1;
  const t = 2 * studentCdf(-Math.abs(mean) / standardError, freedom);
  const half = studentQuantile(upTo, freedom) * standardError;

  return {
    interval: {
      low: Math.min(boot.interval.low, mean - half),
      high: Math.max(boot.interval.high, mean + half),
    },
    p: Math.max(boot.resolved ? boot.p : leastP(clusters), t),
  };
}
