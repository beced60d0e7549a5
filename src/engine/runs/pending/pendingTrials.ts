import type { LocatedCase } from '../../model/case.ts';
import type { Span } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import type { BatchWriter } from '../execution/batchWriter.ts';
import type { CaseTrace } from '../execution/caseTrace.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';
import type { WantedTrial } from '../execution/runLimit.ts';
import { callTrial, type TrialJob } from '../execution/runTrial.ts';
import type { TrialSet } from '../execution/trialSet.ts';
import { HeldCase } from './pendingCase.ts';

interface HeldTrialsOptions {
  store: RunStore;
  runId: string;
  targets: readonly PlannedTarget[];
  repeat: number;
  /** False for a run that has nothing stored: then nothing is looked up. */
  resumed: boolean;
  signal: AbortSignal;
  writer: BatchWriter;
  trace(planned: PlannedTarget, located: LocatedCase, trials: number): CaseTrace;
  /** False where the trial may not begin, now that the run ends. */
  admit(wanted: WantedTrial): Promise<boolean>;
  giveUp(wanted: WantedTrial): void;
  job(planned: PlannedTarget, located: LocatedCase, trial: number, span: Span): TrialJob;
  /** Queues a task in the target's lane. */
  enqueue(planned: PlannedTarget, task: () => Promise<void>): void;
}

/**
 * Trials whose evaluators compare targets run in two phases. First every target is called, each in its own
 * lane, and its output is stored as held. The task that brings the last output of a (case, trial) then
 * evaluates all of them and stores the results, which take the place of the held outputs. An attempt that
 * ends between the phases leaves held outputs behind, and the next one goes on from these. Memory is bounded,
 * because the targets of a case are queued together and the queues are short.
 */
export class HeldTrials {
  readonly #options: HeldTrialsOptions;
  /** Trials that were begun and not evaluated. */
  readonly #open = new Map<Span, CaseTrace>();

  constructor(options: HeldTrialsOptions) {
    this.#options = options;
  }

  /** Queues the trials of a case that are not stored yet. */
  push(located: LocatedCase, stored: TrialSet): void {
    const { targets, repeat } = this.#options;
    const held = this.#holders(located);
    for (const [target, planned] of targets.entries()) {
      const missing: number[] = [];
      for (let trial = 0; trial < repeat; trial += 1)
        if (!stored.has({ target, caseIndex: located.index, trial })) missing.push(trial);
      if (missing.length === 0) continue;
      const trace = this.#options.trace(planned, located, missing.length);
      for (const trial of missing) {
        const holder = held[trial];
        if (holder) this.#options.enqueue(planned, () => this.#run(planned, holder, trace));
      }
    }
  }

  /** Ends the spans of what was begun and not evaluated. */
  close(): void {
    for (const [span, trace] of this.#open) trace.endTrial(span, 'interrupted');
    this.#open.clear();
  }

  /** One for each trial. */
  #holders(located: LocatedCase): HeldCase[] {
    const { store, runId, targets, repeat, resumed } = this.#options;
    const stored = resumed
      ? {
          results: store.resultsAt(runId, located.index),
          held: store.heldOutputs(runId, located.index),
        }
      : { results: [], held: [] };
    const names = targets.map(({ target }) => target.name);
    return Array.from(
      { length: repeat },
      (_, trial) => new HeldCase({ located, trial, targets: names, stored }),
    );
  }

  async #run(planned: PlannedTarget, held: HeldCase, trace: CaseTrace): Promise<void> {
    const { signal, writer } = this.#options;
    if (signal.aborted) return;
    const { located, trial } = held;
    const before = held.calledBefore(planned.target.name);
    const wanted = { target: planned.target.name, located, trial, paid: before !== undefined };
    if (!(await this.#options.admit(wanted))) return;
    const span = trace.startTrial(trial);
    this.#open.set(span, trace);
    try {
      const job = this.#options.job(planned, located, trial, span);
      const called = before ?? (await callTrial(job));
      if (!before) writer.hold({ target: planned.target.name, caseIndex: located.index, trial, ...called });
      held.deposit(job, called);
      if (held.isComplete) await this.#judge(held);
    } catch (error) {
      this.#options.giveUp(wanted);
      if (!signal.aborted) throw error;
    }
  }

  async #judge(held: HeldCase): Promise<void> {
    const results = await held.judge();
    const spans = new Map([...held.jobs()].map((job) => [job.target.name, job.span]));
    for (const result of results) {
      const span = spans.get(result.target);
      span?.set({ [TOUCHSTONE.trialStatus]: result.status });
      if (span) this.#end(span, result.status === 'errored' ? result.reason : undefined);
      this.#options.writer.add(result, held.located);
    }
  }

  #end(span: Span, error: string | undefined): void {
    this.#open.get(span)?.endTrial(span, error);
    this.#open.delete(span);
  }
}
