import studentCdf from '@stdlib/stats-base-dists-t-cdf';
import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { Interval } from './interval.ts';
import { normalPoint, normalProbability } from './normalDistribution.ts';
import type { Xoshiro128 } from './prng.ts';

/** Draws which cluster comes next. */
type Draw = Pick<Xoshiro128, 'below'>;

/** The quantile at which an interval of 95 % ends. */
export const UP_TO_95 = 0.975;
/** 2^(1−5) is the first that comes near 5 %. */
const LEAST_CLUSTERS = 5;

/** What one cluster adds up to: the sum of its paired differences, and how many they are. */
export interface ClusterSum {
  sum: number;
  n: number;
}

export interface BootstrapMean {
  mean: number;
  /** BCa interval; null where all clusters are alike, so that nothing tells how the mean would vary. */
  interval: Interval | null;
  /** Two-sided, for the hypothesis that the mean is 0: where the interval just reaches it. */
  p: number;
  /** False where no resample lies on the other side of 0: p is then only as small as their number can show. */
  resolved: boolean;
}

/**
 * Bootstrap of a mean of paired differences that resamples whole clusters, with the bias-corrected and
 * accelerated interval: Efron 1987, J. Am. Stat. Assoc. 82, 171–185, formulas (6.6) and (7.3); clusters: Davison &
 * Hinkley 1997, Bootstrap Methods and their Application, section 3.8. The normal points are widened to
 * √(G/(G−1))·t with G − 1 degrees of freedom, without which few clusters give too short an interval:
 * Hesterberg 2015, Am. Stat. 69, 371–386, section 3.4. The p-value inverts the interval, and is never below
 * 2^(1−k), the smallest that the signs of the k clusters that differ from 0 can give.
 *
 * Null with fewer than five clusters: their resamples are too few to say anything. Equal seeds give equal
 * figures. `upTo` is the quantile at which the interval ends.
 */
export function bootstrapMean(
  clusters: readonly ClusterSum[],
  random: Draw,
  resamples = usualResamples(clusters.length),
  upTo = UP_TO_95,
): BootstrapMean | null {
  if (clusters.length < LEAST_CLUSTERS) return null;

  const least = leastP(clusters);
  const mean = meanOf(clusters);
  const means = resample(clusters, random, resamples);
  const first = means[0] ?? mean;
  const last = means.at(-1) ?? mean;
  if (last - first <= 1e-12 * Math.abs(mean)) return { mean, interval: null, p: least, resolved: false };

  const bias = normalPoint(inside(shareBelow(means, mean), resamples));
  const acceleration = jackknifeAcceleration(clusters);
  const point = (z: number): number => {
    const shifted = bias + z;
    return normalProbability(bias + shifted / (1 - acceleration * shifted));
  };

  const z = widened(clusters.length, upTo);
  return {
    mean,
    interval: { low: quantile(means, point(-z)), high: quantile(means, point(z)) },
    p: Math.max(least, pValue(means, bias, acceleration, clusters.length)),
    resolved: first <= 0 && last >= 0,
  };
}

/** The smallest p that the signs of the clusters that differ from 0 can give. */
export function leastP(clusters: readonly ClusterSum[]): number {
  return Math.min(1, 2 ** (1 - clusters.filter(({ sum }) => Math.abs(sum) > 1e-12).length));
}

/** Many clusters need fewer: their means are close to normal, and each resample takes longer. */
function usualResamples(clusters: number): number {
  return Math.round(Math.min(4000, Math.max(1000, 8_000_000 / clusters)));
}

/** Sorted means of the resamples. */
function resample(clusters: readonly ClusterSum[], random: Draw, resamples: number): Float64Array {
  const sums = Float64Array.from(clusters, ({ sum }) => sum);
  const sizes = Float64Array.from(clusters, ({ n }) => n);
  const means = new Float64Array(resamples);
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    let n = 0;
    for (let draw = 0; draw < sums.length; draw += 1) {
      const at = random.below(sums.length);
      sum += sums[at] ?? 0;
      n += sizes[at] ?? 0;
    }
    means[round] = sum / n;
  }

  return means.sort();
}

/** Efron's (7.3) by the jackknife over clusters. */
function jackknifeAcceleration(clusters: readonly ClusterSum[]): number {
  const sum = clusters.reduce((total, cluster) => total + cluster.sum, 0);
  const n = clusters.reduce((total, cluster) => total + cluster.n, 0);

  const left = clusters.map((cluster) => (sum - cluster.sum) / (n - cluster.n));
  const center = left.reduce((total, value) => total + value, 0) / left.length;
  let squares = 0;
  let cubes = 0;
  for (const value of left) {
    squares += (center - value) ** 2;
    cubes += (center - value) ** 3;
  }

  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function widened(clusters: number, upTo: number): number {
  return Math.sqrt(clusters / (clusters - 1)) * studentQuantile(upTo, clusters - 1);
}

function pValue(means: Float64Array, bias: number, acceleration: number, clusters: number): number {
  const shifted = normalPoint(inside(shareBelow(means, 0), means.length)) - bias;
  const z = shifted / (1 + acceleration * shifted) - bias;
  const t = Math.abs(z) / Math.sqrt(clusters / (clusters - 1));
  return Math.min(1, 2 * studentCdf(-t, clusters - 1));
}

/** Share of the sorted values below `limit`; those that equal it count half, since means of scores often tie. */
function shareBelow(sorted: Float64Array, limit: number): number {
  const slack = 1e-12;
  return (countBelow(sorted, limit - slack) + countBelow(sorted, limit + slack)) / 2 / sorted.length;
}

function countBelow(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keeps a share off 0 and 1, which no finite number of resamples can show. */
function inside(share: number, resamples: number): number {
  const least = 1 / (resamples + 1);
  return Math.min(1 - least, Math.max(least, share));
}

/** Linear between closest ranks, as NumPy's default. */
function quantile(sorted: Float64Array, q: number): number {
  const position = (sorted.length - 1) * Math.min(1, Math.max(0, q));
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

function meanOf(clusters: readonly ClusterSum[]): number {
  let sum = 0;
  let n = 0;
  for (const cluster of clusters) {
    sum += cluster.sum;
    n += cluster.n;
  }
  return sum / n;
}
