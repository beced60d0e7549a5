import { ClusteredMean, type MeanEstimate } from './clusteredMean.ts';
import { type Interval, wilsonInterval } from './wilson.ts';

export interface PassRate {
  /** Share of passed trials, each case weighing the same; errored trials have not passed. */
  rate: number;
  /** 95 % Wilson interval over the effective number of cases. */
  interval: Interval | null;
  cases: number;
}

/** Running pass rate over cases; a case adds the share of its trials that passed, and how many they were. */
export class PassRateEstimate {
  readonly #mean = new ClusteredMean();
  #trials = 0;

  add(share: number, trials: number, cluster: string | number | undefined): void {
    this.#mean.add(share, cluster);
    this.#trials += trials;
  }

  /** Null when nothing was added. */
  estimate(): PassRate | null {
    const estimate = this.#mean.estimate();
    if (!estimate) return null;
    const n = Math.min(this.#trials, effectiveSize(estimate));
    return { rate: estimate.mean, interval: wilsonInterval(estimate.mean, n), cases: estimate.n };
  }
}

/**
 * n / deff, where deff = var_clustered / (p(1−p)/(n−1)). Where the variance says nothing (all passed, all
 * failed, one cluster), the number of clusters is the cautious choice.
 *
 * Never more than the trials: k trials of n cases whose chances differ vary by at least p(1−p)/(nk), and cases of
 * one cluster that happen to balance each other do not become more than they are (Korn & Graubard 1998).
 */
function effectiveSize({ mean: p, standardError, n, clusters }: MeanEstimate): number {
  const simple = (p * (1 - p)) / (n - 1);
  if (standardError === null || standardError === 0 || !(simple > 0)) return clusters;
  return (n * simple) / standardError ** 2;
}
