import { liveComparison } from '../engine/compare/live/liveComparison.ts';
import type { PreparedComparison } from '../engine/compare/preparedComparison.ts';
import type { Engine } from '../engine/engine.ts';
import { ResumeError } from '../engine/errors.ts';
import type { Comparison } from '../engine/model/comparison.ts';
import { UnderWay } from '../engine/runs/lifecycle/underWay.ts';
import type { BegunComparison } from '../protocol/compareCalls.ts';
import type { EngineEvents } from '../protocol/events.ts';
import type { Failure } from '../protocol/failure.ts';
import { ComparisonFeed } from './comparisonFeed.ts';
import { LivePairsFeed } from './livePairsFeed.ts';
import { type Session, storeOf } from './session.ts';
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
  /** Known once it has begun. */
  runId?: string;
}

type Outcome = EngineEvents['compare/finished']['outcome'];

interface Finished {
  comparison: Comparison;
  prepared: Pick<PreparedComparison, 'baseline' | 'candidate'>;
}

/** Live pairs that are followed; what was stored of them can be looked at also when they are not. */
interface Live {
  runId: string;
  feed: LivePairsFeed;
}

/** As many finished comparisons are kept; all of their results stay in the store. */
const KEPT = 20;

/** The comparisons that this process works on, as the window hears of them, and those that it has made. */
export class ComparisonJobs {
  readonly #session: Session;
  readonly #underWay = new UnderWay<Job>();
  readonly #finished = new Map<string, Finished>();
  readonly #live = new Map<string, Live>();
  #count = 0;

  constructor(session: Session) {
    this.#session = session;
    session.onClose(() => this.#underWay.close());
  }

  /** Begins, one after the other; events tell the rest. */
  start(ready: readonly ReadyComparison[], options: ComparisonOptions): BegunComparison[] {
    const jobs = ready.map((one): Job => {
      this.#count += 1;
      return { ...one, id: `comparison-${this.#count}` };
    });
    void this.#underWay.start(jobs, (signal) => ({
      run: (job) => this.#run(job, options, signal),
      leave: (job) => this.#leave(job),
      // A comparison that breaks says nothing of the others.
      goesOn: () => true,
    }));
    return jobs.map(begun);
  }

  /** Follows live pairs as they are stored; undefined for any other run. Throws ResumeError when there is no such run. */
  open(runId: string): BegunComparison | undefined {
    const { plan } = storeOf(this.#session, runId).getRun(runId);
    if (!plan.comparison || !plan.origin?.live) return undefined;

    this.#count += 1;
    const id = `comparison-${this.#count}`;
    this.#live.set(id, { runId, feed: new LivePairsFeed(id, runId, this.#session) });
    return {
      ...{ id, suite: plan.suite, dataset: null, ...plan.comparison },
      ...{ trials: plan.trials, outlook: null, live: true },
    };
  }

  /** By the id of a comparison or of the run that it makes; with those of the same request. False when it is not worked on here. */
  cancel(id: string): boolean {
    const live = this.#live.get(id);
    if (live) return live.feed.stop();
    const ofRun = this.#underWay.find(({ runId }) => runId === id);
    return this.#underWay.cancel(ofRun?.id ?? id);
  }

  /** Throws ResumeError when there is no such comparison, or none any more. */
  finished(id: string): Finished {
    const live = this.#live.get(id);
    const found = live ? this.#read(live.runId) : this.#finished.get(id);
    if (found) return found;
    throw new ResumeError('the comparison is not there any more', { remedy: 'Compare again.' });
  }

  /** The runs that hold the two sides, also while they go on. Throws as `finished`. */
  runsOf(id: string): { baseline: string; candidate: string } {
    const live = this.#live.get(id);
    if (live) return { baseline: live.runId, candidate: live.runId };
    const job = this.#underWay.get(id);
    if (job?.runId === undefined) {
      const { baseline, candidate } = this.finished(id).comparison;
      return { baseline: baseline.runId, candidate: candidate.runId };
    }
    const { baseline, candidate } = job.prepared;
    return { baseline: baseline.storedRun ?? job.runId, candidate: candidate.storedRun ?? job.runId };
  }

  #read(runId: string): Finished | undefined {
    const comparison = liveComparison(storeOf(this.#session, runId), runId);
    if (!comparison) return undefined;
    const side = ({ label, targets }: Comparison['baseline']) => {
      return { label, storedRun: runId, targets: targets.map(({ name }) => name) };
    };
    return {
      comparison,
      prepared: { baseline: side(comparison.baseline), candidate: side(comparison.candidate) },
    };
  }

  /** A comparison that never began, because it was stopped with those before it. */
  async #leave({ id, prepared }: Job): Promise<Outcome> {
    await prepared.run?.close();
    this.#session.tell('compare/finished', { id, outcome: 'interrupted' });
    return 'interrupted';
  }

  async #run(job: Job, options: ComparisonOptions, signal: AbortSignal): Promise<Outcome> {
    const { id, engine, prepared } = job;
    // After the answer, so that the window knows the ids before it hears of them.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal.aborted) return this.#leave(job);

    const feed = new ComparisonFeed(id, this.#session, engine.store, prepared);
    const ended = (outcome: Outcome, more: { failure?: Failure } = {}): Outcome => {
      feed.finished({ outcome, passed: null, ...more });
      this.#session.tell('compare/finished', { id, outcome, ...more });
      return outcome;
    };
    try {
      return ended(await this.#compare(job, feed, options, signal));
    } catch (error) {
      if (signal.aborted && error === signal.reason) return ended('interrupted');
      return ended('failed', { failure: toFailure(error) });
    }
  }

  async #compare(
    job: Job,
    feed: ComparisonFeed,
    { fresh, sequential }: ComparisonOptions,
    signal: AbortSignal,
  ): Promise<'complete' | 'interrupted'> {
    const { id, engine, prepared } = job;
    const { comparison, outcome } = await engine.compare(
      prepared,
      {
        onStart: (run) => {
          job.runId = run.id;
          feed.started(run);
        },
        onResults: (_run, results) => feed.add(results),
      },
      { signal, reuse: !fresh, sequential },
    );
    if (outcome === 'complete') this.#keep(id, { comparison, prepared });
    return outcome;
  }

  #keep(id: string, finished: Finished): void {
    this.#finished.set(id, finished);
    const [oldest] = this.#finished.keys();
    if (this.#finished.size > KEPT && oldest !== undefined) this.#finished.delete(oldest);
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
    live: false,
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
