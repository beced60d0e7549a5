import type { ClusterSum } from './bootstrap.ts';
import { exponentialSumP } from './exponentialSum.ts';
import { fallsTo } from './fallsTo.ts';
import type { Interval } from './interval.ts';
import { shownP } from './shownP.ts';

/** Sum of a cluster and how many values it has; `count` of such clusters, 1 where absent. */
export interface CountedSum extends ClusterSum {
  count?: number;
}

/** One-sided levels of the two ends of an interval. */
export interface Levels {
  low: number;
  high: number;
}

export const LEVELS_95: Levels = { low: 0.025, high: 0.025 };

/**
 * One-sided p-values for a mean of differences in [−1, 1]: `atMost` for "the mean is at most `at`", `atLeast` for "at
 * least `at`". No shape is assumed: one cluster more, as large as the largest and as bad as can be, stands for what was
 * not seen, and all are weighted at random, p = P(Σ w_g (s_g − at·n_g) − w_0 (1 + at)·n_max ≤ 0), w ~ Dirichlet(1, …, 1).
 * That is a Bayesian bootstrap (Rubin 1981, Ann. Stat. 9, 130–134) with the worst added: Gaffke 2005, Math. Methods Stat.
 * 14, 451–467; Learned-Miller & Thomas 2020, arXiv:1905.06208.
 *
 * For single pass/fail pairs against 0 it is McNemar's exact test; where nothing differs, the rule of three. Unlike t or
 * a plain bootstrap it is not taken in by losses so rare that hardly any was drawn.
 */
export function boundedMeanP(
  clusters: readonly CountedSum[],
  at: number,
): { atMost: number; atLeast: number } {
  const counted = countedSums(clusters);
  return { atMost: tail(counted, at, 1), atLeast: tail(counted, at, -1) };
}

/** Two-sided p for "the mean is 0". */
export function boundedMeanTest(clusters: readonly CountedSum[]): number {
  const { atMost, atLeast } = boundedMeanP(clusters, 0);
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}

/** Between the means that the one-sided tests do not reject. Needs a cluster. */
export function boundedMeanInterval(clusters: readonly CountedSum[], levels: Levels = LEVELS_95): Interval {
  const mean = meanOf(clusters);
  const counted = countedSums(clusters);
  return {
    low: -fallsTo(levels.low, (at) => tail(counted, -at, 1), -mean, 1),
    high: fallsTo(levels.high, (at) => tail(counted, at, -1), mean, 1),
  };
}

/** The same for a mean of shares, which lie in [0, 1]: that of Clopper & Pearson where each cluster is one yes or no. */
export function boundedShareInterval(clusters: readonly CountedSum[]): Interval {
  const { low, high } = boundedMeanInterval(
    clusters.map(({ sum, n, count }) => ({ sum: 2 * sum - n, n, count: count ?? 1 })),
  );
  return { low: (low + 1) / 2, high: (high + 1) / 2 };
}

/** Equal clusters once, with their number; unless nearly all differ, when that takes longer than it saves. */
function countedSums(clusters: readonly CountedSum[]): Required<CountedSum>[] {
  const sizes = new Map<number, Map<number, Required<CountedSum>>>();
  let kinds = 0;
  for (const { sum, n, count = 1 } of clusters) {
    const ofSize = sizes.get(n) ?? new Map<number, Required<CountedSum>>();
    sizes.set(n, ofSize);
    const found = ofSize.get(sum);
    if (found) found.count += count;
    else {
      ofSize.set(sum, { sum, n, count });
      kinds += 1;
    }
  }

  return kinds > clusters.length / 4
    ? clusters.map(({ sum, n, count = 1 }) => ({ sum, n, count }))
    : [...sizes.values()].flatMap((ofSize) => [...ofSize.values()]);
}

function tail(clusters: readonly Required<CountedSum>[], at: number, sign: 1 | -1): number {
  const largest = clusters.reduce((most, { n }) => Math.max(most, n), 0);
  const values = clusters.map(({ sum, n, count }) => ({ value: sign * (sum - at * n), count }));
  return shownP(exponentialSumP(values, (-1 - sign * at) * largest));
}

function meanOf(clusters: readonly CountedSum[]): number {
  const sum = clusters.reduce((total, cluster) => total + cluster.sum * (cluster.count ?? 1), 0);
  const mean = sum / clusters.reduce((total, { n, count = 1 }) => total + n * count, 0);
  return Math.min(1, Math.max(-1, mean));
}
