import type { PreparedRun } from '../preparation/preparedRun.ts';

/** A run that is stored and ready to be worked on: a new one, or one that goes on. */
export interface BegunRun extends PreparedRun {
  runId: string;
}

/** What is executed: a run that is begun when its turn comes, or one that is begun already. */
export type PendingRun = PreparedRun | BegunRun;

export function isBegun(run: PendingRun): run is BegunRun {
  return 'runId' in run;
}
