import type { Comparison } from '../../model/comparison.ts';
import type { CandidateVerdict } from '../../model/runVerdict.ts';

/** What is kept of a comparison when it is complete. */
export function candidateVerdict(
  comparison: Pick<Comparison, 'gate' | 'metrics' | 'verdict'>,
): CandidateVerdict {
  const { gate, verdict } = comparison;
  return {
    passed: gate?.passed ?? isNotWorse(comparison),
    gate,
    comparison: { word: verdict.word, reason: verdict.reason },
  };
}

/** Something must have been measured on both sides for it to hold; what was not measured never helps. */
export function isNotWorse({ metrics, verdict }: Pick<Comparison, 'metrics' | 'verdict'>): boolean {
  const { shown, possible } = verdict.regressions;
  return metrics.length > 0 && shown.length + possible.length === 0;
}
