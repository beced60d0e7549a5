import type { JsonObject } from '../../model/json.ts';
import { micros } from '../../model/micros.ts';
import type { SpanRecord } from '../../model/span.ts';

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUSES = ['unset', 'ok', 'error'] as const;

/** A span without its trace id and field names, since a run stores many; 0 stands for what is empty. */
type PackedSpan = [
  spanId: string,
  parentSpanId: string | 0,
  name: string,
  kind: number,
  startMs: number,
  durationMs: number,
  status: number,
  statusMessage: string | 0,
  attributes: JsonObject | 0,
  events: [name: string, offsetMs: number, attributes: JsonObject][] | 0,
  links: [traceId: string, spanId: string][] | 0,
  service: string,
  /** Of agents; rows of earlier versions end before. */
  resource?: JsonObject | 0,
  scope?: string,
];

/** Spans of one trace as they are stored: far smaller than the objects, so that many can wait for a batch. */
export interface PackedSpans {
  traceId: string;
  /** Compact JSON. */
  body: string;
}

/** Packs spans of one trace. */
export function packSpans(traceId: string, spans: readonly SpanRecord[]): PackedSpans {
  return { traceId, body: JSON.stringify(spans.map(pack)) };
}

/** The spans that `packSpans` was given; times are exact to the microsecond. */
export function unpackSpans({ traceId, body }: PackedSpans): SpanRecord[] {
  return (JSON.parse(body) as PackedSpan[]).map((span) => unpack(traceId, span));
}

function pack(span: SpanRecord): PackedSpan {
  const packed: PackedSpan = [
    span.spanId,
    span.parentSpanId ?? 0,
    span.name,
    KINDS.indexOf(span.kind),
    span.startMs,
    micros(span.endMs - span.startMs),
    STATUSES.indexOf(span.status),
    span.statusMessage ?? 0,
    isEmpty(span.attributes) ? 0 : span.attributes,
    span.events.length === 0
      ? 0
      : span.events.map(({ name, timeMs, attributes }) => [name, micros(timeMs - span.startMs), attributes]),
    span.links.length === 0 ? 0 : span.links.map((link) => [link.traceId, link.spanId]),
    span.service,
  ];
  if (span.resource || span.scope) {
    packed[12] = span.resource ?? 0;
    packed[13] = span.scope ?? '';
  }
  return packed;
}

function unpack(traceId: string, packed: PackedSpan): SpanRecord {
  const [spanId, parent, name, kind, startMs, duration, status, message, attributes, events, links, service] =
    packed;
  const [, , , , , , , , , , , , resource, scope] = packed;
  return {
    traceId,
    spanId,
    parentSpanId: parent === 0 ? null : parent,
    name,
    kind: KINDS[kind] ?? 'internal',
    startMs,
    endMs: micros(startMs + duration),
    status: STATUSES[status] ?? 'unset',
    ...(message === 0 ? {} : { statusMessage: message }),
    attributes: attributes === 0 ? {} : attributes,
    events: (events || []).map(([eventName, offset, eventAttributes]) => ({
      name: eventName,
      timeMs: micros(startMs + offset),
      attributes: eventAttributes,
    })),
    links: (links || []).map(([linkTrace, linkSpan]) => ({ traceId: linkTrace, spanId: linkSpan })),
    service,
    ...(resource ? { resource } : {}),
    ...(scope ? { scope } : {}),
  };
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}
