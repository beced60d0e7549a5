import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

// Apart from the constant in normal.ts: the library takes time to load, and a run does not need it.

/** Φ: the standard normal distribution function. */
export function normalProbability(z: number): number {
  return normalCdf(z, 0, 1);
}

/** Φ⁻¹: the standard normal quantile; ±Infinity at 0 and 1. */
export function normalPoint(probability: number): number {
  return normalQuantile(probability, 0, 1);
}

/** P(|Z| ≥ |z|). */
export function twoSidedNormal(z: number): number {
  return 2 * normalCdf(-Math.abs(z), 0, 1);
}
