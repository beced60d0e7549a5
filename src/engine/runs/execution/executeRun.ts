import { StoreError } from '../../errors.ts';
import type { TrialResult } from '../../model/result.ts';
import type { Clock, Log, Span } from '../../ports.ts';
import type { Lease, Owner } from '../../store/lease.ts';
import type { RunStore } from '../../store/runStore.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import { StoreSink } from '../../telemetry/sinks/storeSink.ts';
import type { RunTelemetry, Telemetry } from '../../telemetry/telemetry.ts';
import type { AgentSpanPorts } from '../agentSpans/agentSpans.ts';
import { OrderedTrials, orderOf } from '../ordered/orderedTrials.ts';
import { PendingTrials } from '../pending/pendingTrials.ts';
import { compares, Schedule } from '../schedule/schedule.ts';
import { TicketBook } from '../schedule/ticketBook.ts';
import { TrialSet } from '../schedule/trialSet.ts';
import type { Executor } from '../tickets/executor.ts';
import { type ExecutorOptions, InProcessExecutor } from '../tickets/inProcessExecutor.ts';
import { BatchWriter } from './batchWriter.ts';
import { Dispatch } from './dispatch.ts';
import { Ending } from './ending.ts';
import { heartbeat } from './heartbeat.ts';
import type { RunInputs } from './runInputs.ts';
import type { RunLimit } from './runLimit.ts';

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
  /** Agents send no spans over HTTP where absent. */
  agentSpans?: AgentSpanPorts;
  /** Where tickets are executed; in this process where absent. */
  openExecutor?(options: ExecutorOptions): Executor;
}

type Outcome = 'complete' | 'interrupted';

/**
 * Runs every trial of the plan that the store does not hold yet, and stores each result as it comes.
 * Returns `interrupted` when the signal was aborted, the limit reached, or calls were refused by our own policies: what was
 * stored stays, and the same call goes on from there. Throws ResumeError when another process works on the run, LeaseLostError when one takes it
 * over, StoreError when a result cannot be stored, and whatever bug a target or evaluator has; the run is then left
 * interrupted.
 */
export async function executeRun(inputs: RunInputs, options: ExecuteOptions): Promise<Outcome> {
  const { store, runId, clock } = options;
  const lease = store.claim(runId, options.owner, clock.now());
  const ending = new Ending(options);
  let outcome: Outcome = 'interrupted';
  try {
    outcome = await attempt(inputs, options, lease, ending);
  } finally {
    store.release(lease, outcome, clock.now(), reasonFor(outcome, ending, options));
  }
  return outcome;
}

function reasonFor(outcome: Outcome, ending: Ending, { enough }: ExecuteOptions): string | undefined {
  if (outcome !== 'complete') return ending.reason;
  return enough?.aborted ? String(enough.reason?.message) : undefined;
}

/** One attempt at a run: source → schedule → executor → writer. */
async function attempt(
  inputs: RunInputs,
  options: ExecuteOptions,
  lease: Lease,
  ending: Ending,
): Promise<Outcome> {
  const { clock, log, limit, store, openExecutor, agentSpans } = options;
  limit?.open(lease);
  const { telemetry, writer } = openWriter(options, lease, ending);
  const runSpan = startRunSpan(telemetry, inputs, options, lease);
  const executing = { inputs, tracer: telemetry, runSpan, clock, log, agentSpans };
  const executor = openExecutor?.(executing) ?? new InProcessExecutor(executing);
  const dispatch = new Dispatch({ inputs, executor, writer, ending, limit, clock });
  const stored = storedTrials(inputs, options);
  const schedule = openSchedule(inputs, options, { lease, stored, ending, writer, executor, dispatch });

  options.onStart(stored.size);
  ending.onEnd(() => schedule.clear());
  const fail = (error: unknown) => ending.fail(error);
  const beat = heartbeat(clock, store.leaseMs / 3, () => writer.flush(), fail);
  await schedule.run().catch(fail);
  if (ending.signal.aborted) schedule.clear();
  await dispatch.idle();
  dispatch.end();
  beat.abort();

  ending.close();
  await executor.close();
  runSpan.end(ending.interrupted ? 'interrupted' : undefined);
  // What came in before a failure is kept; a store that failed is not asked again.
  if (!(ending.failure?.error instanceof StoreError)) writer.flush();
  if (ending.failure) throw ending.failure.error;

  return ending.interrupted ? 'interrupted' : 'complete';
}

function openWriter(
  { store, runId, clock, limit, onResults, telemetry: sinks }: ExecuteOptions,
  lease: Lease,
  ending: Ending,
): { telemetry: RunTelemetry; writer: BatchWriter } {
  const storeSink = new StoreSink();
  const telemetry = sinks.openRun({ runId, attempt: lease.attempt, store: storeSink });
  const writer = new BatchWriter({
    store,
    lease,
    telemetry: storeSink,
    clock,
    onStored: (results) => {
      telemetry.stored(results);
      onResults(results);
    },
    onWritten: (results) => limit?.stored(results),
    onError: (error) => ending.fail(error),
  });
  return { telemetry, writer };
}

function startRunSpan(
  telemetry: RunTelemetry,
  { plan }: RunInputs,
  { store, runId }: ExecuteOptions,
  { attempt }: Lease,
): Span {
  return telemetry.root(`run ${plan.suite}`, {
    traceId: store.runTraceId(runId) ?? '',
    baggage: { [TOUCHSTONE.runId]: runId },
    attributes: {
      [TOUCHSTONE.runId]: runId,
      [TOUCHSTONE.suite]: plan.suite,
      [TOUCHSTONE.attempt]: attempt,
    },
  });
}

function storedTrials({ plan }: RunInputs, { store, runId }: ExecuteOptions): TrialSet {
  const stored = new TrialSet(plan.dataset.count, plan.targets.length, plan.repeat);
  for (const key of store.storedKeys(runId)) stored.add(key);
  return stored;
}

interface ScheduleParts {
  lease: Lease;
  stored: TrialSet;
  ending: Ending;
  writer: BatchWriter;
  executor: Executor;
  dispatch: Dispatch;
}

function openSchedule(
  inputs: RunInputs,
  { store, runId, clock }: ExecuteOptions,
  { lease: { attempt }, stored, ending, writer, executor, dispatch }: ScheduleParts,
): Schedule {
  const { targets, plan } = inputs;
  const names = targets.map(({ target }) => target.name);
  const book = new TicketBook({
    ...{ runId, attempt, targets: names, repeat: plan.repeat, stored },
    pendingOutputs: (caseIndex) => (attempt > 0 ? store.pendingOutputs(runId, caseIndex) : []),
  });
  const order = orderOf(inputs);
  const shared = { targets, book, dispatch };

  return new Schedule({
    inputs,
    book,
    dispatch,
    ending,
    clock,
    ordered:
      order &&
      new OrderedTrials({
        ...shared,
        order,
        scoreFallbacks: inputs.scoreFallbacks ?? false,
        resultsAt: (caseIndex) => store.resultsAt(runId, caseIndex),
        compares: (located) => compares(inputs, located),
      }),
    pending: new PendingTrials({
      ...shared,
      store,
      runId,
      resumed: attempt > 0,
      signal: ending.signal,
      writer,
      executor,
    }),
  });
}
