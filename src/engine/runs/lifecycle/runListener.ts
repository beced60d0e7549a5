import type { SpendingLimits } from '../../cost/spendingDecision.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunRecord } from '../../model/run.ts';

/** How an attempt at a run ended. */
export type RunOutcome = 'complete' | 'interrupted';

export interface RunListener {
  /** Once per attempt, before its first trial; `stored` trials were there already. */
  onStart(run: RunRecord, stored: number): void;
  /** After results are durably stored. */
  onResults(run: RunRecord, results: readonly TrialResult[]): void;
}

export interface RunOptions {
  signal: AbortSignal;
  /** Take the place of the suite's; a run that reaches one is interrupted with its reason. */
  limits?: SpendingLimits;
}
