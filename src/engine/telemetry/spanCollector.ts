import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { JsonObject } from '../model/json.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';

/** Holds finished spans and log lines until the store takes them with the next batch of results. */
export class SpanCollector implements SpanProcessor {
  /** By trace id. */
  #spans = new Map<string, ReadableSpan[]>();
  /** By trace id. */
  #foreign = new Map<string, SpanRecord[]>();
  #logs: LogRecord[] = [];

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    append(this.#spans, span.spanContext().traceId, span);
  }

  addLog(record: LogRecord): void {
    this.#logs.push(record);
  }

  /** Spans that another program sent, already in stored form. */
  addForeign(spans: readonly SpanRecord[]): void {
    for (const span of spans) append(this.#foreign, span.traceId, span);
  }

  /** Spans of the trace that finished and were not taken yet. The caller owns them from then on. */
  take(traceId: string): SpanRecord[] {
    const own = (this.#spans.get(traceId) ?? []).map(toRecord);
    const foreign = this.#foreign.get(traceId);
    this.#spans.delete(traceId);
    this.#foreign.delete(traceId);
    return foreign ? own.concat(foreign) : own;
  }

  /** Traces with spans that finished and were not taken yet. */
  traces(): Set<string> {
    return new Set([...this.#spans.keys(), ...this.#foreign.keys()]);
  }

  /** Log lines that were not taken yet. The caller owns them from then on. */
  takeLogs(): LogRecord[] {
    const logs = this.#logs;
    this.#logs = [];
    return logs;
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

function append<T>(groups: Map<string, T[]>, traceId: string, item: T): void {
  const group = groups.get(traceId);
  if (group) group.push(item);
  else groups.set(traceId, [item]);
}

const KINDS: Record<SpanKind, SpanRecord['kind']> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

function toRecord(span: ReadableSpan): SpanRecord {
  const context = span.spanContext();
  const { code, message } = span.status;
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: KINDS[span.kind],
    startMs: toMs(span.startTime),
    endMs: toMs(span.endTime),
    status: code === SpanStatusCode.ERROR ? 'error' : code === SpanStatusCode.OK ? 'ok' : 'unset',
    ...(message === undefined ? {} : { statusMessage: message }),
    attributes: span.attributes as JsonObject,
    events: span.events.map((event) => ({
      name: event.name,
      timeMs: toMs(event.time),
      attributes: (event.attributes ?? {}) as JsonObject,
    })),
    links: span.links.map((link) => ({ traceId: link.context.traceId, spanId: link.context.spanId })),
    service: 'touchstone',
  };
}

/** OpenTelemetry's [seconds, nanoseconds] in milliseconds, to the microsecond. */
function toMs([seconds, nanos]: [number, number]): number {
  return seconds * 1000 + Math.round(nanos / 1000) / 1000;
}
