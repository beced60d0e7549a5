import { Worker } from 'node:worker_threads';
import { CallFailure } from '../protocol/callFailure.ts';
import type { Failure } from '../protocol/failure.ts';
import { datasetJobs } from './datasetJobs.ts';

type Jobs = typeof datasetJobs;
export type DatasetJob = keyof Jobs;
export type JobParams<J extends DatasetJob> = Parameters<Jobs[J]>[0];
export type JobResult<J extends DatasetJob> = Awaited<ReturnType<Jobs[J]>>;

/** What the thread says at its end. */
export type JobAnswer = { ok: true; value: unknown } | { ok: false; failure: Failure };

/** From here on a dataset takes long enough to be felt by everything else, in characters or bytes. */
const LARGE = 100_000;

/**
 * Does a job on a dataset of `size` characters: a large one in a thread of its own, since the process could tell of
 * no run and answer no call meanwhile. Aborting ends the thread at once. Rejects as the job does; what the thread
 * of a large one throws comes as a CallFailure.
 */
export function datasetJob<J extends DatasetJob>(
  job: J,
  params: JobParams<J>,
  { size, signal }: { size: number; signal: AbortSignal },
): Promise<JobResult<J>> {
  signal.throwIfAborted();
  if (size > LARGE) return inThread(job, params, signal);
  const work = datasetJobs[job] as (given: JobParams<J>) => Promise<JobResult<J>>;
  return work(params);
}

function inThread<J extends DatasetJob>(
  job: J,
  params: JobParams<J>,
  signal: AbortSignal,
): Promise<JobResult<J>> {
  // Beside this file, in the bundle as in the sources.
  const script = new URL(
    import.meta.url.endsWith('.ts') ? './datasetWorker.ts' : './datasetWorker.js',
    import.meta.url,
  );
  const worker = new Worker(script, { workerData: { job, params } });
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });

    worker.once('message', (answer: JobAnswer) => {
      if (answer.ok) resolve(answer.value as JobResult<J>);
      else reject(new CallFailure(job, answer.failure));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', abort);
      reject(new Error(`the thread for a dataset ended during '${job}' (exit code ${code})`));
    });
  });
}
