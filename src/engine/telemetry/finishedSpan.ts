import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { defined } from '../model/defined.ts';
import type { JsonObject } from '../model/json.ts';
import type { SpanRecord } from '../model/span.ts';

/** The name under which our own spans are known. */
export const OWN_SERVICE = 'touchstone';

/** A span of OpenTelemetry's SDK as plain data. */
export function toSpanRecord(span: ReadableSpan): SpanRecord {
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
    ...defined({ statusMessage: message }),
    attributes: span.attributes as JsonObject,
    events: span.events.map((event) => ({
      name: event.name,
      timeMs: toMs(event.time),
      attributes: (event.attributes ?? {}) as JsonObject,
    })),
    links: span.links.map((link) => ({ traceId: link.context.traceId, spanId: link.context.spanId })),
    service: OWN_SERVICE,
  };
}

const KINDS: Record<SpanKind, SpanRecord['kind']> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};

/** OpenTelemetry's [seconds, nanoseconds] in milliseconds, to the microsecond. */
function toMs([seconds, nanos]: [number, number]): number {
  return seconds * 1000 + Math.round(nanos / 1000) / 1000;
}
