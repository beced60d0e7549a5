import type { RunRecord } from '../model/run.ts';

/** What runs have cost; the store says it. */
export interface SpendingStore {
  listRuns(limit?: number): RunRecord[];
  spending(id: string, since: number): { targetsUsd: number; judgesUsd: number };
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** More runs than this on one day are not looked at. */
const MOST_RUNS = 10_000;

/**
 * US dollars that a run has cost so far, and that all runs have cost on the day (UTC) of `now`. What a
 * recording answered was not paid for; of a run that judges stored outputs anew, only the judges were.
 */
export function spentSoFar(store: SpendingStore, run: RunRecord, now: number): { run: number; day: number } {
  const midnight = now - (now % DAY_MS);
  let day = 0;
  for (const candidate of store.listRuns(MOST_RUNS)) day += paid(store, candidate, midnight);
  return { run: paid(store, run, 0), day };
}

function paid(store: SpendingStore, { id, plan, status }: RunRecord, since: number): number {
  if (plan.origin?.replay) return 0;
  if (status.state === 'complete' && status.finishedAt < since) return 0;
  const { targetsUsd, judgesUsd } = store.spending(id, since);
  return plan.origin?.rejudge === undefined ? targetsUsd + judgesUsd : judgesUsd;
}
