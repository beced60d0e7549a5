import type { RunRecord } from '../model/run.ts';

/** What runs have cost; the store says it. */
export interface SpendingStore {
  listRuns(limit?: number): RunRecord[];
  spending(id: string, since: number): { targetsUsd: number; judgesUsd: number; dearestUsd: number };
}

/** US dollars. */
export interface Spent {
  /** By this run so far. */
  run: number;
  /** By all runs on this day (UTC). */
  day: number;
  /** The dearest trial of this run, or of the last one of its suite; 0 where there is none. */
  dearest: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** More runs than this on one day are not looked at. */
const MOST_RUNS = 10_000;

/**
 * What a run has cost so far, and what all runs have cost on the day of `now`. What a recording answered was
 * not paid for; of a run that judges stored outputs anew, only the judges were.
 */
export function spentSoFar(store: SpendingStore, run: RunRecord, now: number): Spent {
  const runs = store.listRuns(MOST_RUNS);
  const own = store.spending(run.id, 0).dearestUsd;
  const before = runs.find(
    ({ id, plan }) => id !== run.id && plan.suite === run.plan.suite && plan.origin === undefined,
  );
  const dearest = own > 0 || !before ? own : store.spending(before.id, 0).dearestUsd;
  return { run: paid(store, run, 0), day: spentOnDay(store, runs, now), dearest };
}

/** US dollars that all runs have cost on the day (UTC) of `now`, as far as their costs are known. */
export function spentToday(store: SpendingStore, now: number): number {
  return spentOnDay(store, store.listRuns(MOST_RUNS), now);
}

function spentOnDay(store: SpendingStore, runs: readonly RunRecord[], now: number): number {
  const midnight = now - (now % DAY_MS);
  let day = 0;
  for (const candidate of runs) day += paid(store, candidate, midnight);
  return day;
}

function paid(store: SpendingStore, { id, plan, status }: RunRecord, since: number): number {
  if (plan.origin?.replay) return 0;
  if (status.state === 'complete' && status.finishedAt < since) return 0;
  const { targetsUsd, judgesUsd } = store.spending(id, since);
  return plan.origin?.rejudge === undefined ? targetsUsd + judgesUsd : judgesUsd;
}
