import { StoreError } from '../../errors.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { Output } from '../../model/output.ts';
import type { TrialResult } from '../../model/result.ts';
import type { Clock, Log, Span } from '../../ports.ts';
import type { Lease, Owner } from '../../store/lease.ts';
import type { RunStore } from '../../store/runStore.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import { StoreSink } from '../../telemetry/storeSink.ts';
import type { RunTelemetry, Telemetry } from '../../telemetry/telemetry.ts';
import { caseFilter } from '../caseFilter.ts';
import type { CaseOrder } from '../ordered/caseOrder.ts';
import { OrderedCases, orderOf } from '../ordered/orderedCases.ts';
import type { ToldCase } from '../ordered/tellCase.ts';
import { HeldTrials } from '../pending/pendingTrials.ts';
import { BatchWriter } from './batchWriter.ts';
import { CaseTrace } from './caseTrace.ts';
import { heartbeat } from './heartbeat.ts';
import { Lanes } from './lanes.ts';
import { Places } from './places.ts';
import type { PlannedTarget, RunInputs } from './runInputs.ts';
import type { RunLimit, WantedTrial } from './runLimit.ts';
import { runTrial, type TrialJob } from './runTrial.ts';
import { TrialSet } from './trialSet.ts';
import { Turns } from './turns.ts';

export interface ExecuteOptions {
  runId: string;
  store: RunStore;
  owner: Owner;
  clock: Clock;
  log: Log;
  telemetry: Telemetry;
  signal: AbortSignal;
  /** Hears of results after they are durably stored. */
  onResults(results: readonly TrialResult[]): void;
  /** Hears once how many trials were stored before this attempt. */
  onStart(stored: number): void;
  limit?: RunLimit;
  /** Aborted when no more trials are needed, with a reason for a person: the run is then complete as it stands. */
  enough?: AbortSignal;
}

/**
 * Runs every trial of the plan that the store does not hold yet, and stores each result as it comes.
 * Returns `interrupted` when the signal was aborted or the limit reached: what was stored stays, and the same
 * call goes on from there. Throws ResumeError when another process works on the run, LeaseLostError when one takes it
 * over, StoreError when a result cannot be stored, and whatever bug a target or evaluator has; the run is then left
 * interrupted.
 */
export async function executeRun(
  inputs: RunInputs,
  options: ExecuteOptions,
): Promise<'complete' | 'interrupted'> {
  const { store, runId, clock } = options;
  const lease = store.claim(runId, options.owner, clock.now());
  let outcome: 'complete' | 'interrupted' = 'interrupted';
  try {
    outcome = await new Execution(inputs, options, lease).run();
  } finally {
    const reason = reasonFor(outcome, options);
    store.release(lease, outcome, clock.now(), reason);
  }
  return outcome;
}

function reasonFor(
  outcome: 'complete' | 'interrupted',
  { signal, limit, enough }: ExecuteOptions,
): string | undefined {
  if (outcome === 'complete') return enough?.aborted ? String(enough.reason?.message) : undefined;
  return signal.aborted ? undefined : limit?.reason;
}

/** One attempt at a run. */
class Execution {
  readonly #inputs: RunInputs;
  readonly #options: ExecuteOptions;
  readonly #telemetry: RunTelemetry;
  readonly #writer: BatchWriter;
  readonly #runSpan: Span;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #lanes = new Lanes((error) => this.#fail(error));
  readonly #turns: Turns;
  readonly #attempt: number;
  #held: HeldTrials | undefined;
  readonly #ordered: OrderedCases | undefined;
  #failure: { error: unknown } | undefined;
  /** The limit was reached while trials were left. */
  #cutShort = false;

  constructor(inputs: RunInputs, options: ExecuteOptions, lease: Lease) {
    const { store, runId, clock } = options;
    const { attempt } = lease;
    this.#inputs = inputs;
    this.#options = options;
    this.#attempt = attempt;
    this.#turns = new Turns(clock);
    const { enough } = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal, ...(enough ? [enough] : [])]);
    options.limit?.open(lease);
    const storeSink = new StoreSink();
    this.#telemetry = options.telemetry.openRun({ runId, attempt, store: storeSink });
    this.#writer = new BatchWriter({
      store,
      lease,
      telemetry: storeSink,
      clock,
      onStored: (results) => {
        this.#telemetry.stored(results);
        options.onResults(results);
      },
      onWritten: (results) => options.limit?.stored(results),
      onError: (error) => this.#fail(error),
    });
    this.#runSpan = this.#telemetry.root(`run ${inputs.plan.suite}`, {
      traceId: store.runTraceId(runId) ?? '',
      baggage: { [TOUCHSTONE.runId]: runId },
      attributes: {
        [TOUCHSTONE.runId]: runId,
        [TOUCHSTONE.suite]: inputs.plan.suite,
        [TOUCHSTONE.attempt]: attempt,
      },
    });
    const programs = new Places(inputs.maxPrograms ?? Number.POSITIVE_INFINITY);
    for (const { target, concurrency } of inputs.targets)
      this.#lanes.open(target.lane, concurrency, target.capabilities.startsPrograms ? programs : undefined);
    const order = orderOf(inputs);
    this.#ordered = order && this.#orderedCases(order);
  }

  async run(): Promise<'complete' | 'interrupted'> {
    const stored = this.#stored();
    const { clock } = this.#options;
    this.#options.onStart(stored.size);
    const beat = heartbeat(
      clock,
      this.#options.store.leaseMs / 3,
      () => this.#writer.flush(),
      (error) => this.#fail(error),
    );
    const atLimit = (): void => this.#dropQueued();
    this.#options.limit?.signal.addEventListener('abort', atLimit, { once: true });
    try {
      await this.#schedule(stored);
      if (this.#signal.aborted) this.#clearQueues();
      await this.#lanes.idle();
    } catch (error) {
      this.#fail(error);
      await this.#lanes.idle();
    } finally {
      beat.abort();
      this.#options.limit?.signal.removeEventListener('abort', atLimit);
    }
    const isEnough = this.#options.enough?.aborted === true && !this.#options.signal.aborted;
    const interrupted = !isEnough && (this.#signal.aborted || this.#cutShort);
    this.#held?.close();
    this.#runSpan.end(interrupted ? 'interrupted' : undefined);
    // What came in before a failure is kept; a store that failed is not asked again.
    if (!(this.#failure?.error instanceof StoreError)) this.#writer.flush();
    if (this.#failure) throw this.#failure.error;
    return interrupted ? 'interrupted' : 'complete';
  }

  #dropQueued(): void {
    if (this.#clearQueues() > 0) this.#cutShort = true;
  }

  /** Drops what has not started; returns how much that was. */
  #clearQueues(): number {
    return (this.#ordered?.clear() ?? 0) + this.#lanes.clear();
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
        if (!matches(located.case) || (!this.#ordered && stored.hasCase(located.index))) continue;
        if (this.#ordered) await this.#ordered.room(located);
        if (this.#signal.aborted) return;
        if (this.#options.limit?.signal.aborted) {
          this.#cutShort = true;
          return;
        }
        if (this.#ordered?.orders(located)) this.#ordered.push(located, stored);
        else if (this.#compares(located)) this.#heldTrials().push(located, stored);
        else
          for (const [index, planned] of this.#inputs.targets.entries())
            this.#pushCase(planned, index, located, stored);
        await this.#lanes.room();
      }
    }
  }

  /** Queues the trials of one case at one target that are not stored yet. */
  #pushCase(planned: PlannedTarget, index: number, located: LocatedCase, stored: TrialSet): void {
    const missing: number[] = [];
    for (let trial = 0; trial < this.#inputs.plan.repeat; trial += 1)
      if (!stored.has({ target: index, caseIndex: located.index, trial })) missing.push(trial);
    if (missing.length === 0) return;
    const trace = this.#trace(planned, located, missing.length);
    for (const trial of missing)
      this.#lanes.push(planned.target.lane, () => this.#runOne(planned, located, trial, trace));
  }

  #orderedCases(order: CaseOrder): OrderedCases {
    const { store, runId } = this.#options;
    return new OrderedCases({
      order,
      targets: this.#inputs.targets,
      repeat: this.#inputs.plan.repeat,
      resultsAt: (caseIndex) => store.resultsAt(runId, caseIndex),
      compares: (located) => this.#compares(located),
      trace: (planned, located, trials) => this.#trace(planned, located, trials),
      run: (planned, located, trial, trace, told) => this.#runOne(planned, located, trial, trace, told),
      enqueue: ({ target }, task) => this.#lanes.push(target.lane, task),
    });
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
      admit: (wanted) => this.#admit(wanted),
      giveUp: (wanted) => this.#options.limit?.giveUp(wanted),
      job: (planned, located, trial, span) => this.#job(planned, located, trial, span),
      enqueue: ({ target }, task) => this.#lanes.push(target.lane, task),
    });
    return this.#held;
  }

  #trace(planned: PlannedTarget, located: LocatedCase, trials: number): CaseTrace {
    return new CaseTrace({
      tracer: this.#telemetry,
      runId: this.#options.runId,
      runSpan: this.#runSpan,
      target: planned.target.name,
      located,
      trials,
    });
  }

  #job(planned: PlannedTarget, located: LocatedCase, trial: number, span: Span, told?: ToldCase): TrialJob {
    const { log } = this.#options;
    // After a long sleep of the machine, before anything is paid for in a run that may be another's by now.
    this.#writer.renew();
    const { plan, auditShare, redactor, clock = this.#options.clock } = this.#inputs;
    const evaluators = this.#inputs.evaluatorsFor(told?.located ?? located);
    return {
      located,
      trial,
      told,
      span,
      target: planned.target,
      timeoutMs: planned.timeoutMs,
      evaluators,
      signal: this.#signal,
      seed: plan.seed,
      cascade: { clock, log, ...this.#inputs.cascadeFor(located.case, evaluators) },
      auditShare,
      redactor,
      clock,
      tracer: this.#telemetry,
    };
  }

  async #runOne(
    planned: PlannedTarget,
    located: LocatedCase,
    trial: number,
    trace: CaseTrace,
    told?: ToldCase,
  ): Promise<Output | undefined> {
    await this.#turns.take();
    if (this.#signal.aborted) return undefined;
    const wanted = { target: planned.target.name, located, trial, paid: false };
    if (!(await this.#admit(wanted))) return undefined;
    const span = trace.startTrial(trial);
    try {
      const result = await runTrial(this.#job(planned, located, trial, span, told));
      trace.endTrial(span, result.status === 'errored' ? result.reason : undefined);
      this.#writer.add(result, located);
      return result.output;
    } catch (error) {
      trace.endTrial(span, error instanceof Error ? error.message : String(error));
      this.#options.limit?.giveUp(wanted);
      if (!this.#signal.aborted) throw error;
      return undefined;
    }
  }

  /** False where the trial may not begin, now that the run ends. */
  async #admit(wanted: WantedTrial): Promise<boolean> {
    const { limit } = this.#options;
    if (!limit) return true;
    try {
      if (await limit.admit(wanted, this.#signal)) return true;
      this.#cutShort = true;
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
    return false;
  }

  /** The first failure stops the attempt. */
  #fail(error: unknown): void {
    if (this.#signal.aborted && !this.#failure) {
      if (!isAbort(error, this.#signal)) this.#failure = { error };
      return;
    }
    this.#failure ??= { error };
    this.#stop.abort(error);
    this.#clearQueues();
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
