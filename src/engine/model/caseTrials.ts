import type { TrialResult } from './result.ts';

/** The trials of one case at one target, in their order. */
export type CaseTrials = [TrialResult, ...TrialResult[]];

/** Gathers results that come in the store's order (target, case, trial) by case; holds one case at a time. */
export function* byCase(results: Iterable<TrialResult>): IterableIterator<CaseTrials> {
  let trials: CaseTrials | undefined;
  for (const result of results) {
    if (trials && trials[0].caseIndex === result.caseIndex && trials[0].target === result.target) {
      trials.push(result);
      continue;
    }
    if (trials) yield trials;
    trials = [result];
  }
  if (trials) yield trials;
}
