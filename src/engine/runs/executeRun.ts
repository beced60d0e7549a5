import { StoreError } from '../errors.ts';
import type { LocatedCase } from '../model/case.ts';
import type { TrialResult } from '../model/result.ts';
import type { Clock, Log, Span } from '../ports.ts';
import type { Owner, RunStore } from '../store/runStore.ts';
import { Tracing } from '../telemetry/tracing.ts';
import { BatchWriter } from './batchWriter.ts';
import { caseFilter } from './caseFilter.ts';
import { CaseTrace } from './caseTrace.ts';
import { HeldTrials } from './heldTrials.ts';
import { Lane } from './lane.ts';
import type { PlannedTarget, RunInputs } from './runInputs.ts';
import { runTrial, type TrialJob } from './runTrial.ts';
import { TrialSet } from './trialSet.ts';

/** The store learns at least this often that the run is alive, in milliseconds. */
const HEARTBEAT_MS = 10_000;

/** Ends a run early, without cutting off what is under way. */
export interface RunLimit {
  /** Aborted when no new trial may begin; those under way are finished and stored. */
  readonly signal: AbortSignal;
  /** Why, in plain words. */
  readonly reason: string | undefined;
  /** A trial begins. */
  begin(): void;
  /** A trial has ended; `result` is undefined when it was given up. */
  end(result: TrialResult | undefined): void;
}

export interface ExecuteOptions {
  runId: string;
  store: RunStore;
  owner: Owner;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** Hears of results after they are durably stored. */
  onResults(results: readonly TrialResult[]): void;
  /** Hears once how many trials were stored before this attempt. */
  onStart(stored: number): void;
  limit?: RunLimit;
}

/**
 * Runs every trial of the plan that the store does not hold yet, and stores each result as it comes.
 * Returns `interrupted` when the signal was aborted or the limit reached: what was stored stays, and the same
 * call goes on from there. Throws ResumeError when another process works on the run, StoreError when a result cannot be
 * stored, and whatever bug a target or evaluator has; the run is then left interrupted.
 */
export async function executeRun(
  inputs: RunInputs,
  options: ExecuteOptions,
): Promise<'complete' | 'interrupted'> {
  const { store, runId, clock } = options;
  const attempt = store.claim(runId, options.owner, clock.now());
  let outcome: 'complete' | 'interrupted' = 'interrupted';
  try {
    outcome = await new Execution(inputs, options, attempt).run();
  } finally {
    const reason = options.signal.aborted ? undefined : options.limit?.reason;
    store.release(runId, outcome, clock.now(), reason);
  }
  return outcome;
}

/** One attempt at a run. */
class Execution {
  readonly #inputs: RunInputs;
  readonly #options: ExecuteOptions;
  readonly #tracing: Tracing;
  readonly #writer: BatchWriter;
  readonly #runSpan: Span;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #lanes = new Map<string, Lane>();
  readonly #attempt: number;
  #held: HeldTrials | undefined;
  #failure: { error: unknown } | undefined;
  /** The limit was reached while trials were left. */
  #cutShort = false;

  constructor(inputs: RunInputs, options: ExecuteOptions, attempt: number) {
    const { store, runId, clock } = options;
    this.#inputs = inputs;
    this.#options = options;
    this.#attempt = attempt;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#tracing = new Tracing(clock, attempt);
    this.#writer = new BatchWriter({
      store,
      runId,
      tracing: this.#tracing,
      clock,
      onStored: options.onResults,
      onAdded: (result) => options.limit?.end(result),
      onError: (error) => this.#fail(error),
    });
    this.#runSpan = this.#tracing.root(`run ${inputs.plan.suite}`, {
      traceId: store.runTraceId(runId) ?? '',
      baggage: { 'touchstone.run.id': runId },
      attributes: {
        'touchstone.run.id': runId,
        'touchstone.suite': inputs.plan.suite,
        'touchstone.attempt': attempt,
      },
    });
    for (const { target, concurrency } of inputs.targets) this.#openLane(target.lane, concurrency);
  }

  async run(): Promise<'complete' | 'interrupted'> {
    const stored = this.#stored();
    this.#options.onStart(stored.size);
    const beat = this.#heartbeat();
    const atLimit = (): void => this.#dropQueued();
    this.#options.limit?.signal.addEventListener('abort', atLimit, { once: true });
    try {
      await this.#schedule(stored);
      if (this.#signal.aborted) for (const lane of this.#lanes.values()) lane.clear();
      await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
    } catch (error) {
      this.#fail(error);
      await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
    } finally {
      beat.abort();
      this.#options.limit?.signal.removeEventListener('abort', atLimit);
    }
    const interrupted = this.#signal.aborted || this.#cutShort;
    this.#held?.close();
    this.#runSpan.end(interrupted ? 'interrupted' : undefined);
    // What came in before a failure is kept; a store that failed is not asked again.
    if (!(this.#failure?.error instanceof StoreError)) this.#writer.flush();
    if (this.#failure) throw this.#failure.error;
    return interrupted ? 'interrupted' : 'complete';
  }

  #dropQueued(): void {
    for (const lane of this.#lanes.values()) if (lane.clear() > 0) this.#cutShort = true;
  }

  #stored(): TrialSet {
    const { plan } = this.#inputs;
    const stored = new TrialSet(plan.dataset.count, plan.targets.length, plan.repeat);
    for (const key of this.#options.store.storedKeys(this.#options.runId)) stored.add(key);
    return stored;
  }

  async #schedule(stored: TrialSet): Promise<void> {
    const matches = caseFilter(this.#inputs.plan.filter);
    for await (const batch of this.#inputs.source.batches({ signal: this.#signal })) {
      for (const located of batch) {
        if (this.#signal.aborted) return;
        if (!matches(located.case) || this.#isStored(located, stored)) continue;
        if (this.#options.limit?.signal.aborted) {
          this.#cutShort = true;
          return;
        }
        if (this.#compares(located)) this.#heldTrials().push(located, stored);
        else
          for (const [index, planned] of this.#inputs.targets.entries())
            this.#pushCase(planned, index, located, stored);
        for (const lane of this.#lanes.values()) await lane.room();
      }
    }
  }

  #isStored({ index: caseIndex }: LocatedCase, stored: TrialSet): boolean {
    const { targets, plan } = this.#inputs;
    for (let target = 0; target < targets.length; target += 1)
      for (let trial = 0; trial < plan.repeat; trial += 1)
        if (!stored.has({ target, caseIndex, trial })) return false;
    return true;
  }

  /** Queues the trials of one case at one target that are not stored yet. */
  #pushCase(planned: PlannedTarget, index: number, located: LocatedCase, stored: TrialSet): void {
    const missing: number[] = [];
    for (let trial = 0; trial < this.#inputs.plan.repeat; trial += 1)
      if (!stored.has({ target: index, caseIndex: located.index, trial })) missing.push(trial);
    if (missing.length === 0) return;
    const trace = this.#trace(planned, located, missing.length);
    const lane = this.#lanes.get(planned.target.lane);
    for (const trial of missing) lane?.push(() => this.#runOne(planned, located, trial, trace));
  }

  /** Whether an evaluator of the case needs the outputs of several targets. */
  #compares(located: LocatedCase): boolean {
    if (this.#inputs.targets.length < 2) return false;
    return this.#inputs.evaluatorsFor(located).some(({ compares }) => compares === true);
  }

  #heldTrials(): HeldTrials {
    if (this.#held) return this.#held;
    const resumed = this.#attempt > 0;
    if (resumed) this.#writer.expectHeld();
    this.#held = new HeldTrials({
      store: this.#options.store,
      runId: this.#options.runId,
      targets: this.#inputs.targets,
      repeat: this.#inputs.plan.repeat,
      resumed,
      signal: this.#signal,
      writer: this.#writer,
      trace: (planned, located, trials) => this.#trace(planned, located, trials),
      job: (planned, located, trial, span) => this.#job(planned, located, trial, span),
      enqueue: ({ target }, task) => this.#lanes.get(target.lane)?.push(task),
    });
    return this.#held;
  }

  #trace(planned: PlannedTarget, located: LocatedCase, trials: number): CaseTrace {
    return new CaseTrace({
      tracing: this.#tracing,
      runId: this.#options.runId,
      runSpan: this.#runSpan,
      target: planned.target.name,
      located,
      trials,
    });
  }

  #job(planned: PlannedTarget, located: LocatedCase, trial: number, span: Span): TrialJob {
    const { log, limit } = this.#options;
    const { plan, auditShare, clock = this.#options.clock } = this.#inputs;
    limit?.begin();
    return {
      located,
      trial,
      span,
      target: planned.target,
      timeoutMs: planned.timeoutMs,
      evaluators: this.#inputs.evaluatorsFor(located),
      signal: this.#signal,
      seed: plan.seed,
      cascade: { clock, log, ...this.#inputs.cascadeFor(located.case) },
      auditShare,
      clock,
      tracing: this.#tracing,
    };
  }

  async #runOne(
    planned: PlannedTarget,
    located: LocatedCase,
    trial: number,
    trace: CaseTrace,
  ): Promise<void> {
    if (this.#signal.aborted) return;
    const span = trace.startTrial(trial);
    try {
      const result = await runTrial(this.#job(planned, located, trial, span));
      trace.endTrial(span, result.status === 'errored' ? result.reason : undefined);
      this.#writer.add(result, located);
    } catch (error) {
      trace.endTrial(span, error instanceof Error ? error.message : String(error));
      this.#options.limit?.end(undefined);
      if (!this.#signal.aborted) throw error;
    }
  }

  /** Targets that share a lane share the smallest of their limits. */
  #openLane(name: string, concurrency: number): void {
    const known = this.#lanes.get(name);
    const limit = Math.min(known?.limit ?? concurrency, concurrency);
    this.#lanes.set(name, new Lane(limit, (error) => this.#fail(error)));
  }

  /** The first failure stops the attempt. */
  #fail(error: unknown): void {
    if (this.#signal.aborted && !this.#failure) {
      if (!isAbort(error, this.#signal)) this.#failure = { error };
      return;
    }
    this.#failure ??= { error };
    this.#stop.abort(error);
    for (const lane of this.#lanes.values()) lane.clear();
  }

  /** Keeps the claim on the run while calls are slow; ends with the returned controller. */
  #heartbeat(): AbortController {
    const stop = new AbortController();
    const beat = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await this.#options.clock.sleep(HEARTBEAT_MS, stop.signal);
        this.#writer.flush();
      }
    };
    beat().catch((error) => {
      if (!stop.signal.aborted) this.#fail(error);
    });
    return stop;
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
