import type { Engine, FinishedRun } from '../engine/engine.ts';
import { ResumeError } from '../engine/errors.ts';
import { defined } from '../engine/model/defined.ts';
import type { BegunRun } from '../engine/runs/lifecycle/begunRun.ts';
import type { TurnWork } from '../engine/runs/lifecycle/inTurn.ts';
import { type RunEnd, runTurns } from '../engine/runs/lifecycle/runTurns.ts';
import { closeAll } from '../engine/runs/lifecycle/startRuns.ts';
import { UnderWay } from '../engine/runs/lifecycle/underWay.ts';
import type { EngineEvents } from '../protocol/events.ts';
import { RunFeed } from './runFeed.ts';
import type { Session } from './session.ts';
import { toFailure } from './toFailure.ts';

interface Job {
  id: string;
  engine: Engine;
  run: BegunRun;
}

/** The runs that this process works on, as the window hears of them. */
export class RunJobs {
  readonly #session: Session;
  readonly #underWay = new UnderWay<Job>();

  constructor(session: Session) {
    this.#session = session;
    session.onClose(() => this.#underWay.close());
  }

  /** Works on them one after the other; resolves with their ids when the first is under way, or none will be. */
  async start(engine: Engine, runs: readonly BegunRun[]): Promise<string[]> {
    await this.#refuseTwice(runs);
    const first = Promise.withResolvers<void>();
    const jobs = runs.map((run): Job => ({ id: run.runId, engine, run }));
    const over = this.#underWay.start(jobs, (signal) => this.#turns(signal, first.resolve));
    void over.then(() => first.resolve(), first.reject);
    await first.promise;
    return jobs.map(({ id }) => id);
  }

  /** With all that were started together with it. False when the run is not worked on here. */
  cancel(runId: string): boolean {
    return this.#underWay.cancel(runId);
  }

  /** Throws ResumeError when one of these runs is worked on here, or waits for its turn. */
  refuseUnderWay(runIds: readonly string[]): void {
    const found = runIds.find((id) => this.#underWay.get(id) !== undefined);
    if (found === undefined) return;
    throw new ResumeError(`run ${found} is under way in this window`, {
      remedy: 'Wait until it ends, or stop it first.',
    });
  }

  /** Two requests to resume the same run may both have been made ready. */
  async #refuseTwice(runs: readonly BegunRun[]): Promise<void> {
    try {
      this.refuseUnderWay(runs.map(({ runId }) => runId));
    } catch (error) {
      await closeAll(runs);
      throw error;
    }
  }

  #turns(signal: AbortSignal, underWay: () => void): TurnWork<Job, RunEnd<FinishedRun>> {
    return runTurns(
      {
        execute: (job) => this.#execute(job, signal, underWay),
        close: ({ run }) => run.close(),
        ended: (job, end) => this.#tell(job, end),
      },
      signal,
    );
  }

  async #execute({ engine, run }: Job, signal: AbortSignal, underWay: () => void): Promise<FinishedRun> {
    let feed: RunFeed | undefined;
    try {
      return await engine.execute(
        run,
        {
          onStart: (record) => {
            feed = new RunFeed(this.#session, engine.store, record);
            feed.started();
            underWay();
          },
          onResults: (_record, results) => feed?.add(results),
        },
        { signal },
      );
    } finally {
      feed?.flush();
    }
  }

  #tell({ id: runId, engine }: Job, end: RunEnd<FinishedRun>): void {
    this.#session.tell('run/finished', { runId, ...endOf(engine, runId, end) });
  }
}

function endOf(
  { store }: Engine,
  runId: string,
  end: RunEnd<FinishedRun>,
): Omit<EngineEvents['run/finished'], 'runId'> {
  switch (end.outcome) {
    case 'complete':
      return { outcome: 'complete', passed: store.verdicts.of(runId)?.passed ?? null };
    case 'interrupted':
    case 'stopped':
    case 'left': {
      const status = store.lookUp(runId)?.status;
      const stopped = status?.state === 'interrupted' ? status.reason : undefined;
      return { outcome: 'interrupted', passed: null, ...defined({ stopped }) };
    }
    case 'failed':
      return { outcome: 'failed', passed: null, failure: toFailure(end.error) };
  }
}
