import type { TrialResult } from '../../model/result.ts';
import type { JudgedOutput } from '../../statistics/predictionPowered.ts';
import type { LabelOf } from './labels.ts';
import { ratingOf } from './ratings.ts';

export interface OutputOfCase extends JudgedOutput {
  caseId: string;
}

/** Outputs that a judge has rated. Each case weighs the same. */
export function judgedOutputs(
  results: readonly TrialResult[],
  judge: string,
  labelOf: LabelOf,
): OutputOfCase[] {
  const rated = results.flatMap((result) => {
    const rating = ratingOf(result, judge);
    return rating ? [{ result, pass: rating.pass }] : [];
  });
  const trials = new Map<string, number>();
  for (const { result } of rated) trials.set(result.caseId, (trials.get(result.caseId) ?? 0) + 1);
  return rated.map(({ result, pass }) => ({
    caseId: result.caseId,
    cluster: result.cluster === undefined ? `case ${result.caseId}` : `cluster ${result.cluster}`,
    weight: 1 / (trials.get(result.caseId) ?? 1),
    judge: pass,
    label: labelOf(result),
  }));
}
