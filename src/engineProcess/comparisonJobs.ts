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

interface Job {
  id: string;
  prepared: PreparedComparison;
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

/** The comparisons that this process works on, and those that it has made. Together started, one after the other. */
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
  start(
    engine: Engine,
    prepared: readonly PreparedComparison[],
    options: ComparisonOptions,
  ): BegunComparison[] {
    const jobs = prepared.map((one): Job => {
      this.#count += 1;
      return { id: `comparison-${this.#count}`, prepared: one, stop: new AbortController() };
    });
    for (const job of jobs) this.#jobs.set(job.id, job);
    // After the answer, so that the window knows the ids before it hears of them.
    const work = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#work(engine, jobs, options))
      .finally(() => this.#working.delete(work));
    this.#working.add(work);
    return jobs.map(begun);
  }

  /** By the id of a comparison or of the run that it makes. False when it is not worked on here. */
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

  async #work(engine: Engine, jobs: readonly Job[], options: ComparisonOptions): Promise<void> {
    for (const job of jobs) {
      await this.#one(engine, job, options);
      this.#jobs.delete(job.id);
    }
  }

  async #one(engine: Engine, job: Job, { fresh, sequential }: ComparisonOptions): Promise<void> {
    const { id, prepared, stop } = job;
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
