import type { Random } from '../engine/ports.ts';
import { readReport, verdictOf } from '../engine/readReport.ts';
import { reportHead } from '../engine/reports/jsonReport.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import { exportReport } from './exportReport.ts';

/** What is made of all results of a run. Parameters and results are plain data, as for `datasetJobs`. */
export const reportJobs = {
  /** The head of its report. */
  summary: async (store: RunStore, { runId }: { runId: string }) => reportHead(readReport(store, runId)),

  /** What is kept of it when it is settled. */
  verdict: async (store: RunStore, { runId }: { runId: string }) =>
    verdictOf(readReport(store, runId, { anew: true })),

  /** Writes a report; returns nothing. */
  export: async (store: RunStore, { runId, file }: { runId: string; file: string }, random: Random) =>
    exportReport(readReport(store, runId), file, random),
};
