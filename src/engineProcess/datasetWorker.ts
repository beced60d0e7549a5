import { parentPort, workerData } from 'node:worker_threads';
import { datasetJobs } from './datasetJobs.ts';
import type { DatasetJob, JobParams } from './datasetThread.ts';
import { threadAnswer } from './threadAnswer.ts';

// The other end of datasetThread.ts: does one job, and ends.
const { job, params } = workerData as { job: DatasetJob; params: JobParams<DatasetJob> };
const work = datasetJobs[job] as (given: JobParams<DatasetJob>) => Promise<unknown>;

parentPort?.postMessage(await threadAnswer(() => work(params)));
