import { ClusteredMean } from './clusteredMean.ts';
import { type Interval, wilsonInterval } from './wilson.ts';

export interface PassRate {
  /** Share of passed trials, each case weighing the same; errored trials have not passed. */
  rate: number;
  /** 95 % Wilson interval over the effective number of cases. */
  interval: Interval | null;
  cases: number;
}

/** Running pass rate over cases; a case adds the share of its trials that passed. */
export class PassRateEstimate {
  readonly #mean = new ClusteredMean();

  add(share: number, cluster: string | undefined): void {
    this.#mean.add(share, cluster);
  }

  /** Null when nothing was added. */
  estimate(): PassRate | null {
    const estimate = this.#mean.estimate();
    if (!estimate) return null;
    const n = effectiveSize(estimate.mean, estimate.standardError, estimate.n, estimate.clusters);
    return { rate: estimate.mean, interval: wilsonInterval(estimate.mean, n), cases: estimate.n };
  }
}

/**
 * n / deff, where deff = var_clustered / (p(1−p)/(n−1)). Where the variance says nothing (all passed, all
 * failed, one cluster), the number of clusters is the cautious choice.
 */
function effectiveSize(p: number, standardError: number | null, n: number, clusters: number): number {
  const simple = (p * (1 - p)) / (n - 1);
  if (standardError === null || standardError === 0 || !(simple > 0)) return clusters;
  return (n * simple) / standardError ** 2;
}
