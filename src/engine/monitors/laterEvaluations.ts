import type { EvaluationDraft, LiveEvaluation } from '../model/liveEvaluation.ts';
import { refusalOf } from '../models/refusal.ts';
import type { Clock } from '../ports.ts';
import { JudgeLanes } from './judgeLanes.ts';
import type { LiveEvaluator, Said } from './liveMonitor.ts';
import type { Input, LiveSpans, MonitorSet } from './liveSpans.ts';
import { type Count, dropped, type Job, type MonitorStore, type StoredJob } from './monitorStore.ts';

export interface LaterOptions {
  spans: LiveSpans;
  store: MonitorStore;
  clock: Clock;
  /** Hears of evaluations once they are stored. */
  publish(evaluations: readonly LiveEvaluation[]): void;
  onBug(error: unknown): void;
}

/** So long after a refusal it is still shown, in milliseconds. */
const LATELY_MS = 600_000;

/** An evaluation that a policy refused, for people. */
export interface LastRefusal {
  monitor: string;
  message: string;
}

/**
 * Makes the evaluations that wait for something, each in the queue of its evaluator. They are stored before they begin, and a judge
 * is noted before it is asked: after a crash what was not begun is made, and what was asked is never asked, and paid, again.
 */
export class LaterEvaluations {
  readonly #options: LaterOptions;
  readonly #lanes: JudgeLanes;
  readonly #stop = new AbortController();
  #set: MonitorSet;
  #refusal: (LastRefusal & { at: number }) | null = null;

  constructor(options: LaterOptions, set: MonitorSet) {
    this.#options = options;
    this.#set = set;
    this.#lanes = new JudgeLanes((job) => this.#make(job));
  }

  /** The last one; null where none was refused lately by the monitors as they are now. */
  get lastRefusal(): LastRefusal | null {
    const refusal = this.#refusal;
    if (!refusal || this.#options.clock.monotonic() - refusal.at > LATELY_MS) return null;
    const { monitor, message } = refusal;
    return { monitor, message };
  }

  /** How many more of an evaluator may wait. */
  room(monitor: string, evaluator: string): number {
    return this.#lanes.room(monitor, evaluator);
  }

  add(jobs: readonly StoredJob[]): void {
    this.#lanes.add(jobs);
  }

  /** Takes up what an earlier process has left. */
  resume(set: MonitorSet): void {
    this.#set = set;
    this.#settleInterrupted();
    this.#addWanted(this.#options.store.jobs().pending);
  }

  /** Resolves when nothing is evaluated by the former set any more. */
  use(set: MonitorSet): Promise<void> {
    this.#set = set;
    this.#refusal = null;
    const ended = this.#lanes.settled();
    for (const job of this.#lanes.takeBack((one) => this.#evaluatorOf(one) !== undefined))
      this.#finish(job, [], dropped('removed'));
    return ended;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#lanes.close();
    this.#stop.abort(new Error('the evaluation stream was stopped'));
    await this.#lanes.settled();
    this.#settleInterrupted();
  }

  #addWanted(jobs: readonly StoredJob[]): void {
    for (const job of jobs) {
      if (this.#evaluatorOf(job)) this.#lanes.add([job]);
      else this.#finish(job, [], dropped('removed'));
    }
  }

  /** Never rejects. */
  async #make(job: StoredJob): Promise<void> {
    const { spans } = this.#options;
    const evaluator = this.#evaluatorOf(job);
    try {
      const span = spans.find(job);
      if (!span || !evaluator) {
        this.#finish(job, [], dropped(span ? 'removed' : 'forgotten'));
        return;
      }

      const said = await this.#said(job, evaluator, spans.inputOf(span, this.#set));
      if (said) this.#finish(job, [spans.evaluationOf(span, { monitor: job.monitor, evaluator }, said)]);
      else this.#finish(job, [], 'skipped');
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(job, evaluator, error);
    }
  }

  #said(
    job: StoredJob,
    evaluator: LiveEvaluator,
    input: Input,
  ): Said | undefined | Promise<Said | undefined> {
    if ('failed' in input) return evaluator.unmeasured(input.failed);
    const { store, clock } = this.#options;
    if (evaluator.costs) store.asked(job.id, clock.now());
    return evaluator.evaluate(input, this.#stop.signal);
  }

  #failed(job: StoredJob, evaluator: LiveEvaluator | undefined, error: unknown): void {
    const { onBug } = this.#options;
    try {
      const refusal = refusalOf(error);
      if (refusal) {
        const at = this.#options.clock.monotonic();
        this.#refusal = { monitor: job.monitor, message: refusal.message, at };
        this.#finish(job, [], dropped(refusal.by === 'budget' ? 'budget' : 'refused'));
      } else {
        onBug(error);
        this.#settle(job, evaluator, error instanceof Error ? error.message : String(error));
      }
    } catch (broken) {
      // The store is: the stream hears of it with its next step, and the job is still there.
      onBug(broken);
    }
  }

  /** The answer may have been paid, so it is not asked for again. */
  #settleInterrupted(): void {
    for (const job of this.#options.store.jobs().interrupted)
      this.#settle(job, this.#evaluatorOf(job), 'the judge had not answered when the process ended');
  }

  #settle(job: StoredJob, evaluator: LiveEvaluator | undefined, why: string): void {
    const { spans } = this.#options;
    const span = spans.find(job);
    if (!span || !evaluator) {
      this.#finish(job, [], dropped(span ? 'removed' : 'forgotten'));
      return;
    }
    const said = { ...evaluator.unmeasured(`not evaluated: ${why}`), costUsd: evaluator.costs ? null : 0 };
    this.#finish(job, [spans.evaluationOf(span, { monitor: job.monitor, evaluator }, said)]);
  }

  #finish(job: StoredJob, evaluations: readonly EvaluationDraft[], name?: Count): void {
    const { store, publish } = this.#options;
    const counts = name === undefined ? [] : [{ monitor: job.monitor, name, by: 1 }];
    const made = store.commit({ evaluations, done: [job.id], counts }).evaluations;
    publish(made);
    // Forgotten while its judge was asked.
    if (made.length < evaluations.length)
      store.commit({ counts: [{ monitor: job.monitor, name: dropped('forgotten'), by: 1 }] });
  }

  #evaluatorOf({ monitor, evaluator }: Job): LiveEvaluator | undefined {
    const owner = this.#set.monitors.find(({ name }) => name === monitor);
    return owner?.evaluators.find(({ name }) => name === evaluator);
  }
}
