import type { ComparisonWord, MetricComparison } from '../../model/comparison.ts';

/** Level of the verdict, over both metrics together. */
export const ALPHA = 0.05;

/** What the word is made of, of one metric. */
export type WordGrounds = Pick<
  MetricComparison,
  'difference' | 'adjustedP' | 'nonInferiorityP' | 'nonSuperiorityP'
>;

/**
 * The word for both metrics: better or worse when a metric differs at 5 % after Holm's adjustment and none
 * differs the other way; mixed when one does; equivalent when every metric lies within the margin (two one-sided
 * tests at 5 %); undecided otherwise. Figures that are missing never decide.
 */
export function wordFor(metrics: readonly WordGrounds[]): ComparisonWord {
  if (metrics.length === 0) return 'undecided';
  const up = metrics.some(isImprovement);
  const down = metrics.some(isRegression);
  if (up && down) return 'mixed';
  if (up || down) return up ? 'better' : 'worse';
  return metrics.every(isEquivalent) ? 'equivalent' : 'undecided';
}

/** Whether the candidate is significantly better in this metric. */
export function isImprovement(metric: Pick<WordGrounds, 'difference' | 'adjustedP'>): boolean {
  return isSignificant(metric) && metric.difference > 0;
}

/** Whether the candidate is significantly worse in this metric. */
export function isRegression(metric: Pick<WordGrounds, 'difference' | 'adjustedP'>): boolean {
  return isSignificant(metric) && metric.difference < 0;
}

/** Whether the metric differs at 5 % after Holm's adjustment. */
export function isSignificant({ adjustedP }: Pick<MetricComparison, 'adjustedP'>): boolean {
  return adjustedP !== null && adjustedP <= ALPHA;
}

function isEquivalent({ nonInferiorityP, nonSuperiorityP }: WordGrounds): boolean {
  if (nonInferiorityP === null || nonSuperiorityP === null) return false;
  return Math.max(nonInferiorityP, nonSuperiorityP) <= ALPHA;
}
