import type { Random } from '../engine/ports.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import { reportJobs } from './reportJobs.ts';
import { answerOf, startThread } from './thread.ts';

type Jobs = typeof reportJobs;
export type ReportJob = keyof Jobs;
export type ReportParams<J extends ReportJob> = Parameters<Jobs[J]>[1];
type ReportResult<J extends ReportJob> = Awaited<ReturnType<Jobs[J]>>;

/** From so many results on, going through all of them is felt by everything else. */
const MANY = 300;

/**
 * Does a job over all results of a run: over many in a thread of its own, which only reads the store. Rejects as the
 * job does; what the thread throws comes as a CallFailure.
 */
export async function reportJob<J extends ReportJob>(
  job: J,
  params: ReportParams<J>,
  { store, random, signal }: { store: RunStore; random: Random; signal: AbortSignal },
): Promise<ReportResult<J>> {
  signal.throwIfAborted();
  const { passed, failed, errored } = store.counts(params.runId);
  if (passed + failed + errored > MANY) {
    const answer = answerOf(startThread('reportWorker', { file: store.file, job, params }), job, signal);
    return (await answer) as ReportResult<J>;
  }
  const work = reportJobs[job] as (
    store: RunStore,
    given: ReportParams<J>,
    random: Random,
  ) => Promise<ReportResult<J>>;
  return work(store, params, random);
}
