import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Finished, TelemetrySink } from '../sinks/sink.ts';
import type { Delivery, OtlpClient } from './otlpClient.ts';
import { evaluationEvent } from './otlpEvaluations.ts';
import { OtlpRecords, type ReadableLog } from './otlpRecords.ts';

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
 * Sends telemetry to an OTLP collector. What cannot be sent stands in its outcome and is never thrown; only an abort
 * rejects. A kind of record that failed once is not tried again.
 */
export class OtlpSink implements TelemetrySink {
  readonly name = 'otlp';
  readonly #spans: Outbox<ReadableSpan>;
  readonly #logs: Outbox<ReadableLog>;
  readonly #records = new OtlpRecords();

  constructor(client: OtlpClient) {
    this.#spans = new Outbox((batch, signal) => client.sendSpans(batch, signal));
    this.#logs = new Outbox((batch, signal) => client.sendLogs(batch, signal));
  }

  get outcome(): ExportOutcome {
    return { spans: this.#spans.outcome, logs: this.#logs.outcome };
  }

  async take({ spans, logs, evaluations }: Finished, signal: AbortSignal): Promise<void> {
    const records = this.#records;
    const spansSent = spans.map((span) => records.span(span));
    const logsSent = [
      ...logs.map((log) => records.log(log)),
      ...evaluations.map((evaluation) => evaluationEvent(evaluation, records)),
    ];
    await this.#spans.add(spansSent, signal);
    await this.#logs.add(logsSent, signal);
  }

  async flush(signal: AbortSignal): Promise<void> {
    await this.#spans.flush(signal);
    await this.#logs.flush(signal);
  }
}

/** Gathers records into batches and keeps count of what became of them. */
class Outbox<T> {
  readonly outcome: SignalOutcome = { accepted: 0, rejected: 0, messages: [], failure: null };
  readonly #send: (batch: readonly T[], signal: AbortSignal) => Promise<Delivery>;
  #waiting: T[] = [];

  constructor(send: (batch: readonly T[], signal: AbortSignal) => Promise<Delivery>) {
    this.#send = send;
  }

  async add(records: readonly T[], signal: AbortSignal): Promise<void> {
    if (this.outcome.failure !== null) return;
    for (const record of records) this.#waiting.push(record);
    while (this.#waiting.length >= BATCH && this.outcome.failure === null)
      await this.#deliver(this.#waiting.splice(0, BATCH), signal);
  }

  async flush(signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (this.outcome.failure === null && waiting.length > 0) await this.#deliver(waiting, signal);
  }

  async #deliver(batch: readonly T[], signal: AbortSignal): Promise<void> {
    const { outcome } = this;
    const delivery = await this.#send(batch, signal);
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
