import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { JsonObject } from '../model/json.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';

/** Holds finished spans and log lines until the store takes them with the next batch of results. */
export class SpanCollector implements SpanProcessor {
  #spans: ReadableSpan[] = [];
  #foreign: SpanRecord[] = [];
  #logs: LogRecord[] = [];

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.#spans.push(span);
  }

  addLog(record: LogRecord): void {
    this.#logs.push(record);
  }

  /** Spans that another program sent, already in stored form. */
  addForeign(spans: readonly SpanRecord[]): void {
    this.#foreign.push(...spans);
  }

  /** Everything finished since the last call; the caller owns it from then on. */
  drain(): { spans: SpanRecord[]; logs: LogRecord[] } {
    const spans = this.#spans.map(toRecord).concat(this.#foreign);
    const logs = this.#logs;
    this.#spans = [];
    this.#foreign = [];
    this.#logs = [];
    return { spans, logs };
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
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
