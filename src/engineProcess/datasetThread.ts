import { datasetJobs } from './datasetJobs.ts';
import { answerOf, startThread } from './thread.ts';

type Jobs = typeof datasetJobs;
export type DatasetJob = keyof Jobs;
export type JobParams<J extends DatasetJob> = Parameters<Jobs[J]>[0];
type JobResult<J extends DatasetJob> = Awaited<ReturnType<Jobs[J]>>;

/** From here on a dataset takes long enough to be felt by everything else, in characters or bytes. */
export const LARGE_DATASET = 100_000;

/**
 * Does a job on a dataset of `size` characters: a large one in a thread of its own, since the process could tell of
 * no run and answer no call meanwhile. Aborting ends the thread at once. Rejects as the job does; what the thread
 * of a large one throws comes as a CallFailure.
 */
export async function datasetJob<J extends DatasetJob>(
  job: J,
  params: JobParams<J>,
  { size, signal }: { size: number; signal: AbortSignal },
): Promise<JobResult<J>> {
  signal.throwIfAborted();
  if (size > LARGE_DATASET) {
    const answer = answerOf(startThread('datasetWorker', { job, params }), job, signal);
    return (await answer) as JobResult<J>;
  }
  const work = datasetJobs[job] as (given: JobParams<J>) => Promise<JobResult<J>>;
  return work(params);
}
