import type { ComparisonWord, MetricComparison } from '../model/comparison.ts';

/** Level of the verdict, over both metrics together. */
export const ALPHA = 0.05;

/**
 * The word for both metrics: better or worse when a metric differs at 5 % after Holm's adjustment and none
 * differs the other way; equivalent when every metric lies within the margin (two one-sided tests at 5 %);
 * undecided otherwise. Figures that are missing never decide.
 */
export function wordFor(metrics: readonly MetricComparison[]): ComparisonWord {
  if (metrics.length === 0) return 'undecided';
  const different = metrics.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= ALPHA);
  const up = different.some(({ difference }) => difference > 0);
  const down = different.some(({ difference }) => difference < 0);
  if (up !== down) return up ? 'better' : 'worse';
  if (up && down) return 'undecided';
  return metrics.every(isEquivalent) ? 'equivalent' : 'undecided';
}

function isEquivalent({ nonInferiorityP, nonSuperiorityP }: MetricComparison): boolean {
  if (nonInferiorityP === null || nonSuperiorityP === null) return false;
  return Math.max(nonInferiorityP, nonSuperiorityP) <= ALPHA;
}
