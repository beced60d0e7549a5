import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { MeanEstimate } from './clusteredMean.ts';
import { Z_95 } from './normal.ts';

/**
 * How many independent cases tell as much as these clustered ones: n/deff, at most n, and less the fewer
 * clusters the deviation was estimated from: n* = n/deff·(z/t_{G−1})². Korn & Graubard 1998, Survey
 * Methodology 24, 193–201, formula (2.4). Where the differences do not vary, the number of clusters. Needs two
 * clusters.
 */
export function effectiveCases(values: readonly number[], estimate: MeanEstimate): number {
  const { mean, standardError, n, clusters } = estimate;
  if (clusters === n) return n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const simple = squares / (n - 1) / n;
  if (!standardError || simple === 0) return clusters;
  const few = (Z_95 / studentQuantile(0.975, clusters - 1)) ** 2;
  return Math.min(n, (n * simple) / standardError ** 2) * few;
}
