import { OrderedSums } from './orderedSums.ts';

/** Share of a sum of squares that rounding may leave. */
const ROUNDING = 1e-13;

export interface MeanEstimate {
  mean: number;
  /** Null with fewer than two clusters; exactly 0 where they differ by rounding only. */
  standardError: number | null;
  n: number;
  clusters: number;
}

/**
 * Running mean with a cluster-robust standard error: values of one cluster may depend on each other.
 *
 *   var = G/(G−1) · Σ_g (Σ_{i∈g} (x_i − x̄))² / n²
 *
 * (Liang & Zeger 1986, Biometrika 73, 13–22, with the G/(G−1) correction; for evaluations see Miller 2024,
 * arXiv:2411.00640, section 2.2.) With every value in a cluster of its own it is the ordinary standard
 * error s/√n. Memory grows with the number of clusters that are named, not with the number of values.
 */
export class ClusteredMean {
  #n = 0;
  #sum = 0;
  /** Values without a cluster: each is one of its own. */
  #single = { n: 0, sum: 0, squares: 0 };
  readonly #clusters = new Map<string, { n: number; sum: number }>();
  readonly #numbered = new OrderedSums();

  /** A cluster that is a number must come in ascending order, from the start again as often as need be. */
  add(value: number, cluster: string | number | undefined): void {
    this.#n += 1;
    this.#sum += value;
    if (cluster === undefined) {
      this.#single.n += 1;
      this.#single.sum += value;
      this.#single.squares += value * value;
      return;
    }
    if (typeof cluster === 'number') {
      this.#numbered.add(cluster, value);
      return;
    }

    const found = this.#clusters.get(cluster);
    if (found) {
      found.n += 1;
      found.sum += value;
    } else {
      this.#clusters.set(cluster, { n: 1, sum: value });
    }
  }

  /** Sums of the clusters that were named. */
  *named(): Generator<{ n: number; sum: number }> {
    yield* this.#numbered;
    yield* this.#clusters.values();
  }

  /** Null when nothing was added. */
  estimate(): MeanEstimate | null {
    if (this.#n === 0) return null;

    const mean = this.#sum / this.#n;
    const clusters = this.#single.n + this.#clusters.size + this.#numbered.size;
    const { n, sum, squares } = this.#single;
    // Values that are all the same differ from their mean by rounding only: that is no variation.
    const noise = ROUNDING * (squares + mean * mean * this.#n);
    let total = squares - 2 * mean * sum + mean * mean * n;
    for (const cluster of this.#numbered) total += (cluster.sum - cluster.n * mean) ** 2;
    for (const cluster of this.#clusters.values()) total += (cluster.sum - cluster.n * mean) ** 2;
    if (clusters < 2) return { mean, standardError: null, n: this.#n, clusters };

    const variance = ((clusters / (clusters - 1)) * (total <= noise ? 0 : total)) / this.#n ** 2;
    return { mean, standardError: Math.sqrt(variance), n: this.#n, clusters };
  }
}
