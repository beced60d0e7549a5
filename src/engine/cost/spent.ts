import type { RunRecord } from '../model/run.ts';

/** What runs have cost; the store says it. */
export interface SpendingStore {
  /** Neither parts of runs nor comparisons. */
  evaluations(limit?: number): RunRecord[];
  spending(id: string, since: number): { dearestUsd: number };
}

/** More runs than this are not looked at. */
const MOST_RUNS = 10_000;

/** US dollars that the dearest trial of a run has cost, or else of the last run of its suite; 0 where there is none. */
export function dearestTrial(store: SpendingStore, run: RunRecord): number {
  const own = store.spending(run.id, 0).dearestUsd;
  if (own > 0) return own;
  const before = store
    .evaluations(MOST_RUNS)
    .find(({ id, plan }) => id !== run.id && plan.suite === run.plan.suite && plan.origin === undefined);
  return before ? store.spending(before.id, 0).dearestUsd : 0;
}
