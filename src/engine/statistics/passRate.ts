import { boundedShareInterval, type CountedSum } from './boundedMean.ts';
import { ClusteredMean, type MeanEstimate } from './clusteredMean.ts';
import type { Interval } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

export interface PassRate {
  /** Share of passed trials, each case weighing the same; errored trials have not passed. */
  rate: number;
  /**
   * 95 %: that of a bounded mean over clusters, which is Clopper & Pearson's for independent cases with one trial; else, the
   * wider of it and Wilson's of the effective number.
   */
  interval: Interval | null;
  cases: number;
}

/** Running pass rate over cases; a case adds the share of its trials that passed, and how many they were. */
export class PassRateEstimate {
  readonly #mean = new ClusteredMean();
  /** How many cases without a cluster have this share. */
  readonly #shares = new Map<number, number>();
  #trials = 0;

  add(share: number, trials: number, cluster: string | number | undefined): void {
    this.#mean.add(share, cluster);
    if (cluster === undefined) this.#shares.set(share, (this.#shares.get(share) ?? 0) + 1);
    this.#trials += trials;
  }

  /** Null when nothing was added. */
  estimate(): PassRate | null {
    const estimate = this.#mean.estimate();
    return estimate && { rate: estimate.mean, interval: this.#interval(estimate), cases: estimate.n };
  }

  #interval(estimate: MeanEstimate): Interval | null {
    // The variance of a few shares of trials, or of a few clusters, is itself too uncertain to be taken for known.
    const bounded = boundedShareInterval(this.#sums());
    if (estimate.clusters === estimate.n && this.#trials === estimate.n) return bounded;

    // Shares that are all the same by chance look surer than they are.
    const wilson = wilsonInterval(estimate.mean, Math.min(this.#trials, effectiveSize(estimate)));
    if (!wilson) return bounded;
    return { low: Math.min(wilson.low, bounded.low), high: Math.max(wilson.high, bounded.high) };
  }

  #sums(): CountedSum[] {
    const alone = [...this.#shares].map(([sum, count]) => ({ sum, n: 1, count }));
    return [...alone, ...[...this.#mean.named()].map(({ sum, n }) => ({ sum, n }))];
  }
}

/**
 * n / deff, where deff = var_clustered / (p(1−p)/(n−1)). Where the variance says nothing (all passed, all
 * failed, all cases alike, one cluster), the number of clusters is the cautious choice.
 *
 * Never more than the trials: k trials of n cases whose chances differ vary by at least p(1−p)/(nk), and cases of
 * one cluster that happen to balance each other do not become more than they are (Korn & Graubard 1998).
 */
function effectiveSize({ mean: p, standardError, n, clusters }: MeanEstimate): number {
  const simple = (p * (1 - p)) / (n - 1);
  if (!standardError || !(simple > 0)) return clusters;
  return (n * simple) / standardError ** 2;
}
