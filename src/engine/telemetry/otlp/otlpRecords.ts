import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { defined } from '../../model/defined.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { GENERAL } from '../attributes.ts';

/** A log record as OpenTelemetry's serializers take it. */
export type ReadableLog = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

/** What wrote the records; the serializers group by identity, so there is one of each. */
const SCOPE = { name: 'touchstone' };
const OWN_SERVICE = 'touchstone';

/** Turns stored records into what OpenTelemetry's serializers take. One for each export. */
export class OtlpRecords {
  readonly #resources = new Map<string, ReadableSpan['resource']>();

  span(record: SpanRecord): ReadableSpan {
    const { traceId, spanId, parentSpanId } = record;
    return {
      name: record.name,
      kind: KINDS[record.kind],
      spanContext: () => contextOf(traceId, spanId),
      ...(parentSpanId === null ? {} : { parentSpanContext: contextOf(traceId, parentSpanId) }),
      startTime: toHrTime(record.startMs),
      endTime: toHrTime(record.endMs),
      duration: toHrTime(Math.max(0, record.endMs - record.startMs)),
      ended: true,
      status: {
        code: STATUS[record.status],
        ...defined({ message: record.statusMessage }),
      },
      attributes: known(record.attributes),
      events: record.events.map(({ name, timeMs, attributes }) => ({
        name,
        time: toHrTime(timeMs),
        attributes: known(attributes),
      })),
      links: record.links.map((link) => ({ context: contextOf(link.traceId, link.spanId) })),
      resource: this.#resource(record.service),
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }

  log(record: LogRecord): ReadableLog {
    return this.#record(record, {
      severityText: record.level.toUpperCase(),
      severityNumber: SEVERITY[record.level],
      body: record.message,
      attributes: known(record.fields),
    });
  }

  /** An event is a log record with a name (OpenTelemetry's log data model, EventName). */
  event(
    name: string,
    at: { traceId: string; spanId: string; timeMs: number },
    attributes: JsonObject,
  ): ReadableLog {
    return this.#record(at, {
      eventName: name,
      severityText: 'INFO',
      severityNumber: SEVERITY.info,
      attributes: known(attributes),
    });
  }

  #record(
    at: { traceId: string; spanId: string; timeMs: number },
    more: Partial<ReadableLog> & Pick<ReadableLog, 'attributes'>,
  ): ReadableLog {
    return {
      hrTime: toHrTime(at.timeMs),
      hrTimeObserved: toHrTime(at.timeMs),
      spanContext: contextOf(at.traceId, at.spanId),
      resource: this.#resource(OWN_SERVICE),
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      ...more,
    };
  }

  #resource(service: string): ReadableSpan['resource'] {
    const found = this.#resources.get(service);
    if (found) return found;
    // The serializers read the attributes and nothing else of a resource.
    const made = { attributes: { [GENERAL.serviceName]: service } } as unknown as ReadableSpan['resource'];
    this.#resources.set(service, made);
    return made;
  }
}

const KINDS: Record<SpanRecord['kind'], SpanKind> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

const STATUS: Record<SpanRecord['status'], SpanStatusCode> = {
  unset: SpanStatusCode.UNSET,
  ok: SpanStatusCode.OK,
  error: SpanStatusCode.ERROR,
};

/** OpenTelemetry's severity numbers: DEBUG, INFO, WARN, ERROR. */
const SEVERITY: Record<LogRecord['level'], number> = { debug: 5, info: 9, warn: 13, error: 17 };

function contextOf(traceId: string, spanId: string) {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** An attribute without a value says nothing, and some collectors refuse it. */
function known(attributes: JsonObject): ReadableSpan['attributes'] {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as ReadableSpan['attributes'];
}

/** Milliseconds with fractions as OpenTelemetry's [seconds, nanoseconds], to the microsecond. */
function toHrTime(ms: number): [number, number] {
  const micros = Math.round(ms * 1000);
  return [Math.floor(micros / 1_000_000), (micros % 1_000_000) * 1000];
}
