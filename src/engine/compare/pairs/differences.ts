import type { CaseComparison, CaseSide, MetricName } from '../../model/comparison.ts';
import { boundsOf } from '../../model/measurement.ts';
import type { ClusterSum } from '../../statistics/bootstrap.ts';
import { ClusteredMean, type MeanEstimate } from '../../statistics/clusteredMean.ts';
import type { GainAndLoss } from '../../statistics/effectSize.ts';

/** The paired differences of one metric, by case and gathered by cluster. */
export interface Differences {
  values: number[];
  /** One for each independent unit, in the order of their first case. */
  clusters: (ClusterSum & GainAndLoss)[];
  estimate: MeanEstimate;
  /** Means of the two sides over the same cases. */
  baseline: number;
  candidate: number;
}

/** One pair of values with the source that it may share with others. */
export interface ValuePair {
  cluster: string;
  baseline: number;
  candidate: number;
}

/** Null without pairs. */
export function differencesOf(pairs: readonly ValuePair[]): Differences | null {
  const mean = new ClusteredMean();
  const clusters = new Map<string, ClusterSum & GainAndLoss>();
  const values: number[] = [];
  let [baseline, candidate] = [0, 0];

  for (const pair of pairs) {
    const value = pair.candidate - pair.baseline;
    values.push(value);
    baseline += pair.baseline;
    candidate += pair.candidate;
    mean.add(value, pair.cluster);
    const found = clusters.get(pair.cluster) ?? { sum: 0, n: 0, gain: 0, loss: 0 };
    clusters.set(pair.cluster, {
      sum: found.sum + value,
      n: found.n + 1,
      gain: found.gain + Math.max(0, value),
      loss: found.loss + Math.max(0, -value),
    });
  }

  const estimate = mean.estimate();
  if (!estimate) return null;

  const { length } = pairs;
  return {
    values,
    clusters: [...clusters.values()],
    estimate,
    baseline: baseline / length,
    candidate: candidate / length,
  };
}

/** Cases that share a source depend on each other, and so do the answers of several targets to one case. */
export function clusterOf({ cluster, caseId }: CaseComparison): string {
  return cluster === undefined ? `case ${caseId}` : `cluster ${cluster}`;
}

/**
 * What stands in for a missing measurement. `measured`: nothing, the case is left out. `against`: the worst that it could
 * have been for the candidate, i.e. the best on the baseline's side. `for`: the reverse.
 */
export type Filling = 'measured' | 'against' | 'for';

export interface PairOptions {
  filling: Filling;
  /** Pairs that were planned and of which neither side has a result; none where absent. */
  unseen?: number;
}

/** The values of one metric on both sides, case by case. */
export function metricPairs(
  cases: readonly CaseComparison[],
  metric: MetricName,
  { filling, unseen = 0 }: PairOptions,
): ValuePair[] {
  const pairs: ValuePair[] = [];
  for (const entry of cases) {
    const before = sideValue(entry.baseline, metric, OF_BASELINE[filling]);
    const after = sideValue(entry.candidate, metric, OF_CANDIDATE[filling]);
    if (before === null || after === null) continue;
    pairs.push({ cluster: clusterOf(entry), baseline: before, candidate: after });
  }
  if (filling === 'measured') return pairs;
  const gain = filling === 'for' ? 1 : 0;
  for (let at = 0; at < unseen; at += 1)
    pairs.push({ cluster: `unseen ${at}`, baseline: 1 - gain, candidate: gain });
  return pairs;
}

/** Whether a measurement of the case is missing, in whole or in part. */
export function hasHole({ baseline, candidate }: CaseComparison): boolean {
  return [baseline, candidate].some(({ unmeasured, unscored }) => unmeasured > 0 || unscored > 0);
}

/** Whether the case came to the very same on both sides, and all of it was measured. */
export function isIdentical(entry: CaseComparison): boolean {
  const { passDifference, scoreDifference, sameOutput } = entry;
  return sameOutput && passDifference === 0 && scoreDifference === 0 && !hasHole(entry);
}

type Value = 'mean' | 'low' | 'high';
const OF_BASELINE: { readonly [filling in Filling]: Value } = {
  measured: 'mean',
  against: 'high',
  for: 'low',
};
const OF_CANDIDATE: { readonly [filling in Filling]: Value } = {
  measured: 'mean',
  against: 'low',
  for: 'high',
};

function sideValue(side: CaseSide, metric: MetricName, value: Value): number | null {
  const [mean, holes] = metric === 'pass' ? [side.passShare, side.unmeasured] : [side.score, side.unscored];
  return value === 'mean' ? mean : boundsOf({ mean, trials: side.trials, holes })[value];
}
