import type { JsonObject, JsonValue } from '../../model/json.ts';
import { messageType } from './protobufSchema.ts';
import { setOwn } from './setOwn.ts';
import type { WireItem, WireLog, WireSource, WireSpan } from './wireRecords.ts';

/** Values within values; deeper ones are cut off. */
const MOST_DEPTH = 64;

/** A 64-bit integer as protobufjs has it. */
interface Long {
  high: number;
  low: number;
  toNumber(): number;
  toString(): string;
}

interface Pair {
  key: string;
  value?: AnyValue | null;
}

interface AnyValue {
  value?:
    | 'stringValue'
    | 'boolValue'
    | 'intValue'
    | 'doubleValue'
    | 'arrayValue'
    | 'kvlistValue'
    | 'bytesValue';
  stringValue: string;
  boolValue: boolean;
  intValue: Long;
  doubleValue: number;
  arrayValue: { values: AnyValue[] };
  kvlistValue: { values: Pair[] };
  bytesValue: Uint8Array;
}

interface Source {
  resource?: { attributes: Pair[] } | null;
}

interface Scope {
  scope?: { name: string; version: string } | null;
}

interface Span {
  traceId: Uint8Array;
  spanId: Uint8Array;
  parentSpanId: Uint8Array;
  name: string;
  kind: number;
  startTimeUnixNano: Long;
  endTimeUnixNano: Long;
  attributes: Pair[];
  events: { timeUnixNano: Long; name: string; attributes: Pair[] }[];
  links: { traceId: Uint8Array; spanId: Uint8Array }[];
  status?: { code: number; message: string } | null;
}

interface LogRecord {
  timeUnixNano: Long;
  observedTimeUnixNano: Long;
  severityNumber: number;
  body?: AnyValue | null;
  attributes: Pair[];
  traceId: Uint8Array;
  spanId: Uint8Array;
  eventName: string;
}

interface TraceRequest {
  resourceSpans: (Source & { scopeSpans: (Scope & { spans: Span[] })[] })[];
}

interface LogsRequest {
  resourceLogs: (Source & { scopeLogs: (Scope & { logRecords: LogRecord[] })[] })[];
}

/** The spans of an export request. Throws for bytes that are none. */
export function spansFromProtobuf(bytes: Uint8Array): WireItem<WireSpan>[] {
  const request = messageType('TraceRequest').decode(bytes) as unknown as TraceRequest;
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const attributes = objectOf(resource?.attributes ?? [], 0);
    return scopeSpans.flatMap(({ scope, spans }) => {
      const source = { resource: attributes, scope: scopeName(scope) };
      return spans.map((span) => ({ record: toSpan(span), source }));
    });
  });
}

/** The log records of an export request. Throws for bytes that are none. */
export function logsFromProtobuf(bytes: Uint8Array): WireItem<WireLog>[] {
  const request = messageType('LogsRequest').decode(bytes) as unknown as LogsRequest;
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const attributes = objectOf(resource?.attributes ?? [], 0);
    return scopeLogs.flatMap(({ scope, logRecords }) => {
      const source: WireSource = { resource: attributes, scope: scopeName(scope) };
      return logRecords.map((record) => ({ record: toLog(record), source }));
    });
  });
}

function toSpan(span: Span): WireSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: span.name,
    kind: span.kind,
    startNanos: nanos(span.startTimeUnixNano),
    endNanos: nanos(span.endTimeUnixNano),
    attributes: objectOf(span.attributes, 0),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      nanos: nanos(timeUnixNano),
      attributes: objectOf(attributes, 0),
    })),
    links: span.links.map(({ traceId, spanId }) => ({ traceId: hex(traceId), spanId: hex(spanId) })),
    statusCode: span.status?.code ?? 0,
    statusMessage: span.status?.message ?? '',
  };
}

function toLog(record: LogRecord): WireLog {
  return {
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    nanos: nanos(record.timeUnixNano),
    observedNanos: nanos(record.observedTimeUnixNano),
    severity: record.severityNumber,
    event: record.eventName,
    body: record.body ? readValue(record.body, 0) : undefined,
    attributes: objectOf(record.attributes, 0),
  };
}

function objectOf(pairs: readonly Pair[], depth: number): JsonObject {
  const object: JsonObject = {};
  for (const { key, value } of pairs) setOwn(object, key, value ? readValue(value, depth) : null);
  return object;
}

function readValue(value: AnyValue, depth: number): JsonValue {
  switch (value.value) {
    case 'stringValue':
    case 'boolValue':
      return value[value.value];
    case 'doubleValue':
      return Number.isFinite(value.doubleValue) ? value.doubleValue : String(value.doubleValue);
    case 'intValue':
      return exact(value.intValue);
    case 'arrayValue':
      return depth < MOST_DEPTH ? value.arrayValue.values.map((item) => readValue(item, depth + 1)) : null;
    case 'kvlistValue':
      return depth < MOST_DEPTH ? objectOf(value.kvlistValue.values, depth + 1) : null;
    case 'bytesValue':
      return Buffer.from(value.bytesValue).toString('base64');
    default:
      return null;
  }
}

/** Integers beyond 2^53 stay text: they are ids, and are never rounded. */
function exact(value: Long): JsonValue {
  const number = value.toNumber();
  return Number.isSafeInteger(number) ? number : value.toString();
}

function nanos({ high, low }: Long): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** An absent field is an empty list, and no bytes. */
function hex(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function scopeName(scope: Scope['scope']): string {
  if (!scope) return '';
  return scope.version === '' ? scope.name : `${scope.name} ${scope.version}`;
}
