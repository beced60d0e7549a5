import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TrialResult } from '../../model/result.ts';
import type { Clock, Random } from '../../ports.ts';
import type { RunStore } from '../../store/runStore.ts';
import { createOtlpClient, type Delivery } from './otlpClient.ts';
import { evaluationEvents } from './otlpEvaluations.ts';
import { OtlpRecords, type ReadableLog } from './otlpRecords.ts';
import type { OtlpSettings } from './otlpSettings.ts';

/** Records in one request. */
const BATCH = 512;

/** What became of one kind of record. */
export interface SignalOutcome {
  /** Records that the collector has received and kept. */
  accepted: number;
  /** Records that it has received and refused. */
  rejected: number;
  /** What it said of those, or as a warning; each text once. */
  messages: string[];
  /** Why nothing more was sent; null when everything was. */
  failure: string | null;
}

export interface ExportOutcome {
  spans: SignalOutcome;
  /** Log lines and evaluation events. */
  logs: SignalOutcome;
}

/**
 * Sends a stored run to an OTLP collector: its spans, its log lines, and an event for each evaluation. One
 * trace is in memory at a time. What cannot be sent is told, never thrown; only an abort rejects. A kind of
 * record that failed once is not tried again.
 */
export async function exportRun(
  runId: string,
  store: RunStore,
  options: { settings: OtlpSettings; clock: Clock; random: Random; signal: AbortSignal },
): Promise<ExportOutcome> {
  const { settings, signal } = options;
  const client = createOtlpClient(settings, options);
  const spans = new Outbox<ReadableSpan>((batch) => client.sendSpans(batch, signal));
  const logs = new Outbox<ReadableLog>((batch) => client.sendLogs(batch, signal));
  const records = new OtlpRecords();
  for (const trace of traces(runId, store)) {
    const stored = store.spans(trace.id);
    await spans.add(stored.map((span) => records.span(span)));
    await logs.add(store.logs(trace.id).map((log) => records.log(log)));
    for (const result of trace.results) await logs.add(evaluationEvents(result, runId, stored, records));
  }
  await spans.flush();
  await logs.flush();
  return { spans: spans.outcome, logs: logs.outcome };
}

/** The trace of the run itself, then that of each case at each target with its results. */
function* traces(runId: string, store: RunStore): IterableIterator<{ id: string; results: TrialResult[] }> {
  const own = store.runTraceId(runId);
  if (own !== undefined) yield { id: own, results: [] };
  let results: TrialResult[] = [];
  for (const result of store.results(runId)) {
    const id = results[0]?.traceId;
    if (id !== undefined && id !== result.traceId) {
      yield { id, results };
      results = [];
    }
    results.push(result);
  }
  const last = results[0]?.traceId;
  if (last !== undefined) yield { id: last, results };
}

/** Gathers records into batches and keeps count of what became of them. */
class Outbox<T> {
  readonly outcome: SignalOutcome = { accepted: 0, rejected: 0, messages: [], failure: null };
  readonly #send: (batch: readonly T[]) => Promise<Delivery>;
  #waiting: T[] = [];

  constructor(send: (batch: readonly T[]) => Promise<Delivery>) {
    this.#send = send;
  }

  async add(records: readonly T[]): Promise<void> {
    if (this.outcome.failure !== null) return;
    for (const record of records) this.#waiting.push(record);
    while (this.#waiting.length >= BATCH && this.outcome.failure === null)
      await this.#deliver(this.#waiting.splice(0, BATCH));
  }

  async flush(): Promise<void> {
    if (this.outcome.failure === null && this.#waiting.length > 0) await this.#deliver(this.#waiting);
    this.#waiting = [];
  }

  async #deliver(batch: readonly T[]): Promise<void> {
    const { outcome } = this;
    const delivery = await this.#send(batch);
    if (delivery.status === 'failed') {
      outcome.failure = delivery.reason;
      return;
    }
    outcome.rejected += delivery.rejected;
    outcome.accepted += Math.max(0, batch.length - delivery.rejected);
    if (delivery.message !== '' && !outcome.messages.includes(delivery.message))
      outcome.messages.push(delivery.message);
  }
}
