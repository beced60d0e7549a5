import type { Complexity } from './case.ts';

/** What was decided on one token budget after a run, and why. */
export interface BudgetRecord {
  runId: string;
  suite: string;
  target: string;
  complexity: Complexity;
  /** Milliseconds since the epoch. */
  decidedAt: number;
  /** Output tokens: the budget in the run, and from then on. */
  before: number;
  tokens: number;
  change: 'raised' | 'lowered' | 'kept';
  /** Runs in a row in which less than half of the budget was used. */
  lowRuns: number;
  reason: string;
  /** Calls that the decision rests on, how many of them were cut off, and what they were lent in all. */
  calls: number;
  cutOff: number;
  borrowed: number;
}
