import type { Engine } from '../engine/engine.ts';
import type { PreparedRun } from '../engine/runs/preparation/prepareRun.ts';
import type { EngineEvents } from '../protocol/events.ts';
import { reportJob } from './reportThread.ts';
import { RunFeed } from './runFeed.ts';
import type { Session } from './session.ts';
import { toFailure } from './toFailure.ts';

/** One run that waits for its turn or is under way. */
interface Job {
  runId: string;
  prepared: PreparedRun;
  /** Shared by the runs that were started together. */
  stop: AbortController;
}

type Outcome = EngineEvents['run/finished']['outcome'];

/** The runs that this process works on. Those that were started together go one after the other, and stop together. */
export class RunJobs {
  readonly #session: Session;
  readonly #jobs = new Map<string, Job>();
  readonly #working = new Set<Promise<void>>();

  constructor(session: Session) {
    this.#session = session;
    session.onClose(() => this.#close());
  }

  /** Begins; resolves with the ids when the first is under way. Throws ResumeError, ConfigError, StoreError. */
  async start(
    engine: Engine,
    prepared: readonly PreparedRun[],
    resume: string | undefined,
  ): Promise<string[]> {
    const jobs = await begin(engine, prepared, resume);
    for (const job of jobs) this.#jobs.set(job.runId, job);
    const under = Promise.withResolvers<void>();
    const work = this.#work(engine, jobs, under.resolve).finally(() => this.#working.delete(work));
    this.#working.add(work);
    await under.promise;
    return jobs.map(({ runId }) => runId);
  }

  /** With all that were started together with it. False when the run is not worked on here. */
  cancel(runId: string): boolean {
    const job = this.#jobs.get(runId);
    job?.stop.abort(new DOMException('cancelled', 'AbortError'));
    return job !== undefined;
  }

  async #work(engine: Engine, jobs: readonly Job[], underWay: () => void): Promise<void> {
    let last: Outcome = 'complete';
    for (const job of jobs) {
      const mayBegin: boolean = last === 'complete' && !job.stop.signal.aborted;
      last = mayBegin ? await this.#one(engine, job, underWay) : await this.#leave(job);
      this.#jobs.delete(job.runId);
    }
    underWay();
  }

  /** A run that never began, because one before it was stopped or broke; it can be resumed. */
  async #leave({ runId, prepared }: Job): Promise<Outcome> {
    await prepared.close();
    this.#session.tell('run/finished', { runId, outcome: 'interrupted', passed: null });
    return 'interrupted';
  }

  async #one(engine: Engine, { runId, prepared, stop }: Job, underWay: () => void): Promise<Outcome> {
    let feed: RunFeed | undefined;
    try {
      const finished = await engine.execute(
        prepared,
        {
          onStart: (run) => {
            feed = new RunFeed(this.#session, engine.store, run);
            feed.started();
            underWay();
          },
          onResults: (_run, results) => feed?.add(results),
        },
        { signal: stop.signal, resume: runId },
      );
      feed?.flush();
      const { outcome } = finished;
      const passed = outcome === 'complete' ? await this.#passed(engine, runId) : null;
      this.#session.tell('run/finished', { runId, outcome, passed });
      return outcome;
    } catch (error) {
      feed?.flush();
      const stopped = stop.signal.aborted && error === stop.signal.reason;
      const failure = stopped ? {} : { failure: toFailure(error) };
      const outcome = stopped ? 'interrupted' : 'failed';
      this.#session.tell('run/finished', { runId, outcome, passed: null, ...failure });
      return outcome;
    }
  }

  async #passed({ store }: Engine, runId: string): Promise<boolean> {
    const { signal } = new AbortController();
    const { passed } = await reportJob('summary', { runId }, { store, ...this.#session.ports, signal });
    return passed;
  }

  /** Stops politely: what came in is stored, and the runs can be resumed. */
  async #close(): Promise<void> {
    for (const runId of this.#jobs.keys()) this.cancel(runId);
    await Promise.all(this.#working);
  }
}

async function begin(
  engine: Engine,
  prepared: readonly PreparedRun[],
  resume: string | undefined,
): Promise<Job[]> {
  try {
    const stop = new AbortController();
    return prepared.map((run) => ({ runId: engine.begin(run, resume), prepared: run, stop }));
  } catch (error) {
    await Promise.all(prepared.map((run) => run.close()));
    throw error;
  }
}
