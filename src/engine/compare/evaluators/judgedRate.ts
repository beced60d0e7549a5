import type { JudgeHealth } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import { PassRateEstimate } from '../../statistics/passRate.ts';
import { predictionPoweredRate, shareOf } from '../../statistics/predictionPowered.ts';
import { judgedOutputs, type OutputOfCase } from './judgedOutputs.ts';
import type { LabelOf } from './labels.ts';

/** Fewer labelled cases than this correct nothing. */
const FEW_LABELS = 20;

/** The judged pass rate, and what labels make of it. Each case weighs the same. */
export function passRates(
  results: readonly TrialResult[],
  judge: string,
  labelOf: LabelOf,
): Pick<JudgeHealth, 'judged' | 'corrected'> {
  const outputs = judgedOutputs(results, judge, labelOf);
  const labelled = new Set(outputs.flatMap(({ caseId, label }) => (label === undefined ? [] : [caseId])));
  return {
    judged: outputs.length === 0 ? null : shareOf(outputs, (output) => output.judge).mean,
    corrected: labelled.size < FEW_LABELS ? null : correctedRate(outputs),
  };
}

/** Where every output has a label, the labels alone tell, as the verdicts of a run would. */
function correctedRate(outputs: readonly OutputOfCase[]): JudgeHealth['corrected'] {
  if (outputs.some(({ label }) => label === undefined)) return predictionPoweredRate(outputs);
  const rate = new PassRateEstimate();
  for (const [first, ...rest] of Map.groupBy(outputs, ({ caseId }) => caseId).values()) {
    if (!first) continue;
    const trials = [first, ...rest];
    rate.add(trials.filter(({ label }) => label).length / trials.length, trials.length, first.cluster);
  }
  const found = rate.estimate();
  return found?.interval ? { mean: found.rate, interval: found.interval } : null;
}
