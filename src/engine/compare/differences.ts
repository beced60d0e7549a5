import type { CaseComparison } from '../model/comparison.ts';
import type { ClusterSum } from '../statistics/bootstrap.ts';
import { ClusteredMean, type MeanEstimate } from '../statistics/clusteredMean.ts';

/** The paired differences of one metric, by case and gathered by cluster. */
export interface Differences {
  values: number[];
  /** One for each independent unit, in the order of their first case. */
  clusters: ClusterSum[];
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
  const clusters = new Map<string, ClusterSum>();
  const values: number[] = [];
  let [baseline, candidate] = [0, 0];
  for (const pair of pairs) {
    const value = pair.candidate - pair.baseline;
    values.push(value);
    baseline += pair.baseline;
    candidate += pair.candidate;
    mean.add(value, pair.cluster);
    const found = clusters.get(pair.cluster) ?? { sum: 0, n: 0 };
    clusters.set(pair.cluster, { sum: found.sum + value, n: found.n + 1 });
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

/** `worst`: a missing measurement is taken for the worst that it could have been for the candidate. */
export type Missing = 'leave out' | 'worst';

export function metricPairs(
  cases: readonly CaseComparison[],
  metric: 'pass' | 'score',
  missing: Missing,
): ValuePair[] {
  const pairs: ValuePair[] = [];
  for (const entry of cases) {
    const before = metric === 'pass' ? entry.baseline.passShare : entry.baseline.score;
    const after = metric === 'pass' ? entry.candidate.passShare : entry.candidate.score;
    if (missing === 'leave out' && (before === null || after === null)) continue;
    pairs.push({ cluster: clusterOf(entry), baseline: before ?? 1, candidate: after ?? 0 });
  }
  return pairs;
}
