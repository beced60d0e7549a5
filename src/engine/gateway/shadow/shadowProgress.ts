import type { ComparisonWord } from '../../model/comparison.ts';
import type { KeptInterference } from './interference/interferenceWatch.ts';

/** What a shadow has done; a later process goes on from there. */
export interface ShadowProgress {
  /** Milliseconds since the epoch. */
  startedMs: number;
  mirrored: number;
  pairs: number;
  diverged: number;
  /** US dollars of the candidate, over its calls whose cost is known. */
  costUsd: number;
  priced: number;
  unpriced: number;
  dropped: { readonly [reason: string]: number };
  /** The comparison of its pairs, as it was last seen. */
  runId: string | null;
  verdict: ComparisonWord | null;
  judgeCostUsd: number;
  interference: KeptInterference | null;
}

/** Of a shadow that begins. */
export function newProgress(startedMs: number): ShadowProgress {
  return {
    startedMs,
    ...{ mirrored: 0, pairs: 0, diverged: 0, costUsd: 0, priced: 0, unpriced: 0, dropped: {} },
    ...{ runId: null, verdict: null, judgeCostUsd: 0, interference: null },
  };
}

export type ComparedPairs = Pick<ShadowProgress, 'runId' | 'verdict' | 'judgeCostUsd'>;

/** With what is compared now; undefined where nothing is. */
export function comparedSince(before: ComparedPairs, now: ComparedPairs | undefined): ComparedPairs {
  if (!now) return before;
  const { runId, verdict, judgeCostUsd } = now;
  const isSame = runId !== null && runId === before.runId;
  return {
    ...(runId === null ? { runId: before.runId, verdict: before.verdict } : { runId, verdict }),
    judgeCostUsd: isSame ? judgeCostUsd : before.judgeCostUsd + judgeCostUsd,
  };
}
