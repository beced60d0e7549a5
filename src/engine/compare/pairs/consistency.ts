import type { CaseComparison, CaseSide, ConsistencyComparison } from '../../model/comparison.ts';
import { boundedMeanInterval } from '../../statistics/boundedMean.ts';
import { passHatK } from '../../statistics/passHatK.ts';
import { clusterOf, differencesOf, type ValuePair } from './differences.ts';

/**
 * pass^k of both sides, the chance that k trials of a case all pass: k is the fewest measured trials that any case has.
 * Cases that were not measured on a side are left out. Null with single trials, where it is the pass rate.
 */
export function compareConsistency(cases: readonly CaseComparison[]): ConsistencyComparison | null {
  const measured = cases.filter(
    ({ baseline, candidate }) => baseline.passShare !== null && candidate.passShare !== null,
  );
  const k = measured.reduce(
    (fewest, { baseline, candidate }) =>
      Math.min(fewest, measuredTrials(baseline), measuredTrials(candidate)),
    Number.POSITIVE_INFINITY,
  );

  if (k < 2) return null;

  const pairs = measured.map(
    (entry): ValuePair => ({
      cluster: clusterOf(entry),
      baseline: passHatK(entry.baseline.passed, measuredTrials(entry.baseline), k),
      candidate: passHatK(entry.candidate.passed, measuredTrials(entry.candidate), k),
    }),
  );

  const found = differencesOf(pairs);
  if (!found) return null;

  return {
    k,
    pairs: pairs.length,
    baseline: found.baseline,
    candidate: found.candidate,
    difference: found.estimate.mean,
    interval: found.clusters.length > 1 ? boundedMeanInterval(found.clusters) : null,
  };
}

function measuredTrials({ trials, unmeasured }: CaseSide): number {
  return trials - unmeasured;
}
