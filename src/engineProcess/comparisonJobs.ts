import type { PreparedComparison } from '../engine/compare/preparedComparison.ts';
import { type Engine, readReport } from '../engine/engine.ts';
import { ResumeError } from '../engine/errors.ts';
import type { Comparison } from '../engine/model/comparison.ts';
import type { BegunComparison } from '../protocol/compareCalls.ts';
import { ComparisonFeed } from './comparisonFeed.ts';
import type { Session } from './session.ts';
import { toFailure } from './toFailure.ts';

/** How comparisons are made that were asked for together. */
export interface ComparisonOptions {
  fresh: boolean;
  sequential: boolean;
}

/** A comparison that is ready, and the engine that makes it. */
export interface ReadyComparison {
  engine: Engine;
  prepared: PreparedComparison;
}

interface Job extends ReadyComparison {
  id: string;
  /** Shared by the comparisons that were asked for together. */
  stop: AbortController;
  /** Known once it has begun. */
  runId?: string;
}

interface Finished {
  comparison: Comparison;
  prepared: PreparedComparison;
}

/** As many finished comparisons are kept; all of their results stay in the store. */
const KEPT = 20;

/**
 * The comparisons that this process works on, and those that it has made. Those that were started together go one
 * after the other, and stop together.
 */
export class ComparisonJobs {
  readonly #session: Session;
  readonly #jobs = new Map<string, Job>();
  readonly #finished = new Map<string, Finished>();
  readonly #working = new Set<Promise<void>>();
  #count = 0;

  constructor(session: Session) {
    this.#session = session;
    session.onClose(() => this.#close());
  }

  /** Begins; events tell the rest. */
  start(ready: readonly ReadyComparison[], options: ComparisonOptions): BegunComparison[] {
    const stop = new AbortController();
    const jobs = ready.map((one): Job => {
      this.#count += 1;
      return { ...one, id: `comparison-${this.#count}`, stop };
    });
    for (const job of jobs) this.#jobs.set(job.id, job);
    // After the answer, so that the window knows the ids before it hears of them.
    const work = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#work(jobs, options))
      .finally(() => this.#working.delete(work));
    this.#working.add(work);
    return jobs.map(begun);
  }

  /** By the id of a comparison or of the run that it makes; with those of the same request. False when it is not worked on here. */
  cancel(id: string): boolean {
    const job = this.#jobs.get(id) ?? [...this.#jobs.values()].find(({ runId }) => runId === id);
    job?.stop.abort(new DOMException('cancelled', 'AbortError'));
    return job !== undefined;
  }

  /** Throws ResumeError when there is no such comparison, or none any more. */
  finished(id: string): Finished {
    const found = this.#finished.get(id);
    if (found) return found;
    throw new ResumeError('the comparison is not there any more', { remedy: 'Compare again.' });
  }

  /** The runs that hold the two sides, also while they go on. Throws as `finished`. */
  runsOf(id: string): { baseline: string; candidate: string } {
    const job = this.#jobs.get(id);
    if (job?.runId === undefined) {
      const { baseline, candidate } = this.finished(id).comparison;
      return { baseline: baseline.runId, candidate: candidate.runId };
    }
    const { baseline, candidate } = job.prepared;
    return { baseline: baseline.storedRun ?? job.runId, candidate: candidate.storedRun ?? job.runId };
  }

  async #work(jobs: readonly Job[], options: ComparisonOptions): Promise<void> {
    for (const job of jobs) {
      await (job.stop.signal.aborted ? this.#leave(job) : this.#one(job, options));
      this.#jobs.delete(job.id);
    }
  }

  /** A comparison that never began, because it was stopped with those before it. */
  async #leave({ id, prepared }: Job): Promise<void> {
    await prepared.run?.close();
    this.#session.tell('compare/finished', { id, outcome: 'interrupted' });
  }

  async #one(job: Job, { fresh, sequential }: ComparisonOptions): Promise<void> {
    const { id, engine, prepared, stop } = job;
    const feed = new ComparisonFeed(id, this.#session, engine.store, prepared);
    try {
      const { comparison, outcome } = await engine.compare(
        prepared,
        {
          onStart: (run) => {
            job.runId = run.id;
            feed.started(run);
          },
          onResults: (_run, results) => feed.add(results),
        },
        { signal: stop.signal, reuse: !fresh, sequential },
      );
      const complete = outcome === 'complete';
      if (complete) this.#keep(id, { comparison, prepared });
      const passed = complete && job.runId ? readReport(engine.store, job.runId).passed : null;
      feed.finished({ outcome, passed });
      this.#session.tell('compare/finished', { id, outcome });
    } catch (error) {
      const stopped = stop.signal.aborted && error === stop.signal.reason;
      const outcome = stopped ? 'interrupted' : 'failed';
      const failure = stopped ? {} : { failure: toFailure(error) };
      feed.finished({ outcome, passed: null, ...failure });
      this.#session.tell('compare/finished', { id, outcome, ...failure });
    }
  }

  #keep(id: string, finished: Finished): void {
    this.#finished.set(id, finished);
    const [oldest] = this.#finished.keys();
    if (this.#finished.size > KEPT && oldest !== undefined) this.#finished.delete(oldest);
  }

  /** Stops politely: what came in is stored, and is used again. */
  async #close(): Promise<void> {
    for (const id of this.#jobs.keys()) this.cancel(id);
    await Promise.all(this.#working);
  }
}

function begun({ id, prepared }: Job): BegunComparison {
  const { suite, baseline, candidate, run, outlook } = prepared;
  return {
    id,
    suite,
    dataset: run?.inputs.plan.dataset.path ?? null,
    baseline: baseline.label,
    candidate: candidate.label,
    trials: run?.inputs.plan.trials ?? 0,
    outlook,
  };
}

/** Fetches the keys of all of them. Puts them away where one is missing, or the request was cancelled meanwhile. */
export async function makeReady(prepared: readonly PreparedComparison[], signal: AbortSignal): Promise<void> {
  try {
    for (const { run } of prepared) await run?.ready(signal);
    signal.throwIfAborted();
  } catch (error) {
    await closeAll(prepared);
    throw error;
  }
}

export async function closeAll(prepared: readonly PreparedComparison[]): Promise<void> {
  await Promise.all(prepared.map(({ run }) => run?.close()));
}
