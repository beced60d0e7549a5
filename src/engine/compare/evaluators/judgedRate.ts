import type { JudgeHealth } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import { predictionPoweredMean } from '../../statistics/predictionPowered.ts';
import { wilsonInterval } from '../../statistics/wilson.ts';
import type { LabelOf } from './labels.ts';
import { ratingOf } from './ratings.ts';

/** Fewer labelled cases than this correct nothing. */
const FEW_LABELS = 20;

/**
 * The judged pass rate, and what labels make of it. Each case weighs the same: outputs of its trials are averaged
 * first, those with a label apart from those without, since they depend on each other.
 */
export function passRates(
  results: readonly TrialResult[],
  judge: string,
  labelOf: LabelOf,
): Pick<JudgeHealth, 'judged' | 'corrected'> {
  const rated = results.flatMap((result) => {
    const rating = ratingOf(result, judge);
    return rating ? [{ caseId: result.caseId, judge: Number(rating.pass), label: labelOf(result) }] : [];
  });
  const labelled = byCase(rated.filter(({ label }) => label !== undefined)).map((trials) => ({
    label: mean(trials.map(({ label }) => Number(label))),
    judge: mean(trials.map((trial) => trial.judge)),
  }));
  const judgedBy = (trials: readonly { judge: number }[]) => mean(trials.map((trial) => trial.judge));
  const unlabelled = byCase(rated.filter(({ label }) => label === undefined)).map(judgedBy);
  const cases = byCase(rated);
  return {
    judged: cases.length === 0 ? null : mean(cases.map(judgedBy)),
    corrected: labelled.length < FEW_LABELS ? null : correctedRate(labelled, unlabelled),
  };
}

function byCase<T extends { caseId: string }>(trials: readonly T[]): T[][] {
  return [...Map.groupBy(trials, ({ caseId }) => caseId).values()];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Where every output has a label, the labels alone tell. */
function correctedRate(
  labelled: readonly { label: number; judge: number }[],
  unlabelled: readonly number[],
): JudgeHealth['corrected'] {
  if (unlabelled.length > 1) return predictionPoweredMean(labelled, unlabelled);
  const rate = mean(labelled.map(({ label }) => label));
  const interval = wilsonInterval(rate, labelled.length);
  return interval && { mean: rate, interval };
}
