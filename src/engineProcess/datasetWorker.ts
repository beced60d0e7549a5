import { parentPort, workerData } from 'node:worker_threads';
import { datasetJobs } from './datasetJobs.ts';
import type { DatasetJob, JobAnswer, JobParams } from './datasetThread.ts';
import { toFailure } from './toFailure.ts';

// The other end of datasetThread.ts: does one job, and ends.
const { job, params } = workerData as { job: DatasetJob; params: JobParams<DatasetJob> };
const work = datasetJobs[job] as (given: JobParams<DatasetJob>) => Promise<unknown>;

async function answer(): Promise<JobAnswer> {
  try {
    return { ok: true, value: await work(params) };
  } catch (error) {
    return { ok: false, failure: toFailure(error) };
  }
}

parentPort?.postMessage(await answer());
