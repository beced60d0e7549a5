import type { ComparisonWord } from '../../model/comparison.ts';
import type { LeftOut } from './pairEvaluators.ts';

/** What a comparison of live pairs tells of itself. */
export interface PairStatus {
  /** Null before the first pair. */
  runId: string | null;
  /** So far. */
  verdict: ComparisonWord | null;
  /** Evaluated and stored. */
  pairs: number;
  /** Accepted, and not evaluated yet. */
  waiting: number;
  /** Pairs that are none, because the client or a policy of ours kept the primary from answering. */
  unanswered: number;
  /** Evaluators of the suite that take no part. */
  leftOut: readonly LeftOut[];
  judgeCostUsd: number;
  /** What keeps it from going on; null where nothing does. */
  problem: string | null;
}
