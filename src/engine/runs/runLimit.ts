import type { TrialResult } from '../model/result.ts';

/** Ends a run early, without cutting off what is under way. */
export interface RunLimit {
  /** Aborted when no new trial may begin; those under way are finished and stored. */
  readonly signal: AbortSignal;
  /** Why, in plain words. */
  readonly reason: string | undefined;
  /** A trial begins. */
  begin(): void;
  /** A trial has ended; `result` is undefined when it was given up. */
  end(result: TrialResult | undefined): void;
}
