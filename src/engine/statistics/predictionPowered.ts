import { Z_95 } from './normal.ts';
import type { Interval } from './wilson.ts';

/**
 * Pass rate from many judged cases and few that a person labelled as well: the judge's rate plus its mean
 * error on the labelled ones. θ̂ = mean(f) + mean(y − f), var = var(f)/N + var(y − f)/n. Angelopoulos et al.
 * 2023, Science 382, 669–674, algorithm 1. Valid however bad the judge is; a good judge makes it narrower.
 *
 * Values are 0–1. `unlabelled` holds the judge's values of cases without a label, which must be as good as
 * chosen at random. Null with fewer than two on either side.
 */
export function predictionPoweredMean(
  labelled: readonly { label: number; judge: number }[],
  unlabelled: readonly number[],
): { mean: number; interval: Interval } | null {
  if (labelled.length < 2 || unlabelled.length < 2) return null;
  const errors = moments(labelled.map(({ label, judge }) => label - judge));
  const judged = moments(unlabelled);
  const mean = judged.mean + errors.mean;
  const half = Z_95 * Math.sqrt(judged.variance / unlabelled.length + errors.variance / labelled.length);
  return { mean, interval: { low: Math.max(0, mean - half), high: Math.min(1, mean + half) } };
}

/** Variance with divisor n, as in the authors' code. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}
