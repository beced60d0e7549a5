import { parentPort, workerData } from 'node:worker_threads';
import type { Random } from '../engine/ports.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { systemRandom } from '../systemRandom.ts';
import { reportJobs } from './reportJobs.ts';
import type { ReportJob, ReportParams } from './reportThread.ts';
import { threadAnswer } from './threadAnswer.ts';

// The other end of reportThread.ts: does one job on a store that it only reads, and ends.
const { file, job, params } = workerData as { file: string; job: ReportJob; params: ReportParams<ReportJob> };
const work = reportJobs[job] as (
  store: RunStore,
  given: ReportParams<ReportJob>,
  random: Random,
) => Promise<unknown>;

const answer = await threadAnswer(async () => {
  const store = new RunStore(file, { access: 'read' });
  try {
    return await work(store, params, systemRandom);
  } finally {
    store.close();
  }
});
parentPort?.postMessage(answer);
