import { isJsonObject } from '../model/json.ts';
import type { TrialResult } from '../model/result.ts';

/** How many trials of a replay lack the recording of their output, or of an answer that an evaluator needs. */
export function countNotRecorded(results: Iterable<TrialResult>): number {
  let count = 0;
  for (const { output, evaluations } of results) {
    const missesOutput = output.status === 'error' && output.error.code === 'not-recorded';
    const missesAnswer = evaluations.some(
      (evaluation) =>
        evaluation.status === 'error' &&
        isJsonObject(evaluation.detail) &&
        evaluation.detail['code'] === 'not-recorded',
    );
    if (missesOutput || missesAnswer) count += 1;
  }
  return count;
}
