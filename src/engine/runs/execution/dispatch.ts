import type { LocatedCase } from '../../model/case.ts';
import type { Output } from '../../model/output.ts';
import type { TrialResult } from '../../model/result.ts';
import type { Clock } from '../../ports.ts';
import { Lanes, type LaneUser } from '../lanes/lanes.ts';
import { Turns } from '../lanes/turns.ts';
import type { Executor } from '../tickets/executor.ts';
import type { Called, Ticket } from '../tickets/ticket.ts';
import { TrialRejected } from '../tickets/trialRejected.ts';
import type { BatchWriter } from './batchWriter.ts';
import { DoubtfulResults } from './doubtfulResults.ts';
import type { Ending } from './ending.ts';
import type { RunInputs } from './runInputs.ts';
import type { RunLimit, WantedTrial } from './runLimit.ts';

interface DispatchOptions {
  inputs: Pick<RunInputs, 'targets' | 'programs'>;
  executor: Executor;
  writer: BatchWriter;
  ending: Ending;
  limit: RunLimit | undefined;
  clock: Clock;
}

/** Hands tickets to the executor, as soon as lanes and limits let them in, and what comes of them to the writer. */
export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #lanes: Lanes;
  readonly #turns: Turns;
  readonly #doubtful: DoubtfulResults;

  constructor(options: DispatchOptions) {
    const { inputs, ending, clock, writer } = options;
    this.#options = options;
    this.#turns = new Turns(clock);
    this.#doubtful = new DoubtfulResults(clock, (result, located) => writer.add(result, located));
    this.#lanes = new Lanes((error) => ending.fail(error));
    for (const { target, concurrency } of inputs.targets)
      this.#lanes.open(target, concurrency, target.capabilities.startsPrograms ? inputs.programs : undefined);
  }

  /** Puts a task at the end of a target's queue. */
  enqueue(target: LaneUser, task: () => Promise<unknown>): void {
    this.#lanes.push(target, task);
  }

  /** Undefined while a target's queue is short; otherwise resolves as soon as it is. */
  room(target: LaneUser): Promise<void> | undefined {
    return this.#lanes.room(target);
  }

  /** Nothing of the target waits for a place. */
  isDrained(target: LaneUser): boolean {
    return this.#lanes.isDrained(target);
  }

  /** Nothing more is read for a target. */
  close(target: LaneUser): void {
    this.#lanes.close(target);
  }

  /** Has a result stored, or held back until it is known whether it is one. */
  keep(result: TrialResult, located: LocatedCase): void {
    const { limit, writer } = this.#options;
    if (!this.#doubtful.holds(result, located)) writer.add(result, located);
    // Nobody waits for money that it may have cost.
    else limit?.giveUp({ target: result.target, located, trial: result.trial, paid: false });
  }

  /** Nothing runs any more: what is held back is stored, but for targets whose provider is gone. */
  end(): void {
    const { refusals } = this.#options.ending;
    this.#doubtful.end((target) => refusals.isGone(target));
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    return this.#lanes.clear();
  }

  /** Executes a ticket and has its result written; the output, or undefined when the trial was given up. */
  async run(ticket: Ticket): Promise<Output | undefined> {
    const { ending } = this.#options;
    const turn = this.#turns.take();
    if (turn) await turn;
    if (ending.signal.aborted) return undefined;

    const wanted = { ...ticket, paid: ticket.called !== undefined };
    const done = await this.admitted(wanted, () => this.#execute(ticket));
    if (done && 'caseId' in done) this.keep(done, ticket.located);
    return done?.output;
  }

  /** A result, or what the target returned where it cannot be judged now: it is stored, so that it is not paid for twice. */
  async #execute(ticket: Ticket): Promise<TrialResult | Called> {
    const { executor, ending, writer } = this.#options;
    const { target, located, trial } = ticket;
    // Its result takes the place of the output that is stored.
    if (ticket.called) writer.expectPending();
    try {
      return await executor.run(ticket, ending.signal);
    } catch (error) {
      if (!(error instanceof TrialRejected) || !error.called) throw error;
      ending.refusals.ofJudge(error.rejection);
      writer.addPending({ target, caseIndex: located.index, trial, ...error.called });
      return error.called;
    }
  }

  /** Does the work of a trial once the limit lets it in; undefined where it does not, or where the attempt ends meanwhile. */
  async admitted<T>(wanted: WantedTrial, work: () => Promise<T>): Promise<T | undefined> {
    const { ending, limit, writer } = this.#options;
    if (ending.refusals.isRefused(wanted.target)) return undefined;
    if (limit && !(await this.#admit(limit, wanted))) return undefined;
    try {
      // After a long sleep of the machine, before anything is paid for in a run that may be another's by now.
      writer.renew();
      return await work();
    } catch (error) {
      if (error instanceof TrialRejected) return this.#refused(wanted, error);
      limit?.giveUp(wanted);
      if (!ending.signal.aborted) throw error;
      return undefined;
    }
  }

  /** Whatever was called already stays: its output is stored, and its reservation with it. */
  #refused(wanted: WantedTrial, { rejection, called }: TrialRejected): undefined {
    const { ending, limit } = this.#options;
    if (called) {
      ending.refusals.ofJudge(rejection);
      return undefined;
    }

    ending.refusals.ofTarget(wanted.target, rejection);
    // An attempt that failed before may have been billed.
    if (rejection.cause === undefined) limit?.release(wanted);
    else limit?.giveUp(wanted);
    return undefined;
  }

  /** False where the trial may not begin, now that the run ends. */
  async #admit(limit: RunLimit, wanted: WantedTrial): Promise<boolean> {
    const { ending } = this.#options;
    try {
      if (await limit.admit(wanted, ending.signal)) return true;
      ending.cutShort();
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    }
    return false;
  }
}
