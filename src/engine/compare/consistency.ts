import type { CaseComparison, CaseSide, ConsistencyComparison } from '../model/comparison.ts';
import { cautiousMean } from '../statistics/cautiousMean.ts';
import { passHatK } from '../statistics/passHatK.ts';
import { Xoshiro128 } from '../statistics/prng.ts';
import { clusterOf, differencesOf, type ValuePair } from './differences.ts';
import { possible } from './metric.ts';

/**
 * pass^k of both sides, the chance that k trials of a case all pass: k is the fewest measured trials that any case has.
 * Cases that were not measured on a side are left out. Null with single trials, where it is the pass rate.
 */
export function compareConsistency(
  cases: readonly CaseComparison[],
  seed: number,
): ConsistencyComparison | null {
  const measured = cases.filter(
    ({ baseline, candidate }) => baseline.passShare !== null && candidate.passShare !== null,
  );
  const k = measured.reduce(
    (fewest, { baseline, candidate }) =>
      Math.min(fewest, measuredTrials(baseline), measuredTrials(candidate)),
    Number.POSITIVE_INFINITY,
  );
  if (!Number.isFinite(k) || k < 2) return null;
  const pairs = measured.map(
    (entry): ValuePair => ({
      cluster: clusterOf(entry),
      baseline: passHatK(entry.baseline.passed, measuredTrials(entry.baseline), k),
      candidate: passHatK(entry.candidate.passed, measuredTrials(entry.candidate), k),
    }),
  );
  const found = differencesOf(pairs);
  if (!found) return null;
  const tested = cautiousMean(found.clusters, found.estimate, Xoshiro128.seeded(seed));
  return {
    k,
    pairs: pairs.length,
    baseline: found.baseline,
    candidate: found.candidate,
    difference: found.estimate.mean,
    interval: possible(tested?.interval ?? null),
  };
}

function measuredTrials({ trials, unmeasured }: CaseSide): number {
  return trials - unmeasured;
}
