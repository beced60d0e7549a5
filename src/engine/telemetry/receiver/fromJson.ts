import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { setOwn } from './setOwn.ts';
import { type WireItem, type WireLog, type WireSpan, type WireTime, wireSource } from './wireRecords.ts';

/** Values within values; deeper ones are cut off. */
const MOST_DEPTH = 64;

/** A record, or a part of one, that is not of the form that OTLP/JSON has; the message is for whoever sent it. */
class Unreadable extends Error {}

/** What the lists of a request are called. `old` is what the second was called until 2022. */
interface Names {
  resources: string;
  scopes: string;
  records: string;
  old: string;
}

const SPANS: Names = {
  ...{ resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans' },
  old: 'instrumentationLibrarySpans',
};
const LOGS: Names = {
  ...{ resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords' },
  old: 'instrumentationLibraryLogs',
};

/**
 * The spans of an export request in OTLP/JSON (opentelemetry-proto, specification of OTLP, "JSON Protobuf Encoding"): ids are
 * hexadecimal, enumerations integers, 64-bit integers text or numbers, and unknown fields ignored. Null where the document is no
 * such request.
 */
export function spansFromJson(document: unknown): WireItem<WireSpan>[] | null {
  return items(document, SPANS, toSpan);
}

/** The same for log records. */
export function logsFromJson(document: unknown): WireItem<WireLog>[] | null {
  return items(document, LOGS, toLog);
}

function items<T>(document: unknown, names: Names, read: (record: JsonObject) => T): WireItem<T>[] | null {
  if (!isJsonObject(document)) return null;
  const groups = document[names.resources];
  if (groups === undefined || groups === null) return Object.keys(document).length === 0 ? [] : null;
  if (!Array.isArray(groups)) return null;

  return groups.flatMap((group) =>
    readable(group, () => {
      const { resource, ...parts } = objectOf(group, `an entry of ${names.resources}`);
      const attributes = attributesOf(objectOf(resource, 'resource')['attributes'], 'resource.attributes');
      return [
        ...listOf(parts[names.scopes], names.scopes).flatMap((scoped) =>
          readable(scoped, () => ofScope(scoped, attributes)),
        ),
        ...listOf(parts[names.old], names.old).flatMap((scoped) =>
          readable(scoped, () => {
            throw new Unreadable(`${names.old} is not part of OTLP any more: update the exporter`);
          }),
        ),
      ];
    }),
  );

  function ofScope(scoped: JsonValue, resource: JsonObject): WireItem<T>[] {
    const { scope, ...parts } = objectOf(scoped, `an entry of ${names.scopes}`);
    const { name, version } = objectOf(scope, 'scope');
    const source = wireSource(resource, { name: textOf(name), version: textOf(version) });
    return listOf(parts[names.records], names.records).flatMap((record) =>
      readable(record, () => [{ record: read(objectOf(record, `an entry of ${names.records}`)), source }]),
    );
  }

  /** Where a part is not readable, none of what it holds is. */
  function readable(part: JsonValue, work: () => WireItem<T>[]): WireItem<T>[] {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return Array.from({ length: Math.max(1, recordsIn(part, names)) }, () => ({
        unreadable: error.message,
      }));
    }
  }
}

/** How many records a malformed part of a request holds, as far as that can be told. */
function recordsIn(part: JsonValue, names: Names): number {
  if (!isJsonObject(part)) return 0;
  const inside = [part[names.scopes], part[names.old]].flatMap((list) => (Array.isArray(list) ? list : []));
  const own = part[names.records] ?? part['logs'];
  return inside.reduce<number>(
    (sum, one) => sum + recordsIn(one, names),
    Array.isArray(own) ? own.length : 0,
  );
}

function toSpan(span: JsonObject): WireSpan {
  const status = objectOf(span['status'], 'status');
  return {
    traceId: idOf(span['traceId'], 'traceId'),
    spanId: idOf(span['spanId'], 'spanId'),
    parentSpanId: idOf(span['parentSpanId'], 'parentSpanId'),
    name: textOf(span['name']),
    kind: enumOf(span['kind'], KINDS),
    start: timeOf(span['startTimeUnixNano'], 'startTimeUnixNano'),
    end: timeOf(span['endTimeUnixNano'], 'endTimeUnixNano'),
    attributes: attributesOf(span['attributes'], 'attributes'),
    events: listOf(span['events'], 'events')
      .map((event) => objectOf(event, 'an event'))
      .map((event) => ({
        name: textOf(event['name']),
        time: timeOf(event['timeUnixNano'], 'events.timeUnixNano'),
        attributes: attributesOf(event['attributes'], 'events.attributes'),
      })),
    links: listOf(span['links'], 'links')
      .map((link) => objectOf(link, 'a link'))
      .map((link) => ({
        traceId: idOf(link['traceId'], 'links.traceId'),
        spanId: idOf(link['spanId'], 'links.spanId'),
      })),
    statusCode: enumOf(status['code'], STATUS),
    statusMessage: textOf(status['message']),
  };
}

function toLog(record: JsonObject): WireLog {
  const body = record['body'];
  return {
    traceId: idOf(record['traceId'], 'traceId'),
    spanId: idOf(record['spanId'], 'spanId'),
    time: timeOf(record['timeUnixNano'], 'timeUnixNano'),
    observed: timeOf(record['observedTimeUnixNano'], 'observedTimeUnixNano'),
    severity: enumOf(record['severityNumber'], {}),
    event: textOf(record['eventName']),
    body: isJsonObject(body) ? readValue(body, 0) : undefined,
    attributes: attributesOf(record['attributes'], 'attributes'),
  };
}

/** Some exporters write the names, although the specification wants the numbers. */
const KINDS: { readonly [name: string]: number } = {
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};

const STATUS: { readonly [name: string]: number } = { STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };

function enumOf(value: JsonValue | undefined, names: { readonly [name: string]: number }): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  return Object.hasOwn(names, value) ? (names[value] ?? 0) : Number(value) || 0;
}

function idOf(value: JsonValue | undefined, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Unreadable(`${field} is no text`);
  return value.toLowerCase() === value || /^[0-9a-fA-F]+$/.test(value) ? value.toLowerCase() : value;
}

function timeOf(value: JsonValue | undefined, field: string): WireTime {
  if (value === undefined || value === null || value === '') return null;
  const nanos = nanosOf(value);
  if (nanos !== undefined && nanos < 2n ** 64n) return nanos === 0n ? null : Number(nanos / 1000n) / 1000;
  const hint = isJsonObject(value) ? ': it is an object, where a text of digits belongs' : '';
  throw new Unreadable(`${field} is no time in nanoseconds${hint}`);
}

function nanosOf(value: JsonValue): bigint | undefined {
  if (typeof value === 'string') return /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? BigInt(value) : undefined;
}

function attributesOf(value: JsonValue | undefined, field: string, depth = 0): JsonObject {
  const object: JsonObject = {};
  for (const pair of listOf(value, field)) {
    const { key = '', value: given } = objectOf(pair, `an entry of ${field}`);
    if (typeof key !== 'string') throw new Unreadable(`a key of ${field} is no text`);
    setOwn(object, key, readValue(objectOf(given, `the value of ${key}`), depth));
  }
  return object;
}

function readValue(value: JsonObject, depth: number): JsonValue {
  // A field that is null is one that was not set.
  const {
    stringValue = null,
    boolValue = null,
    intValue = null,
    doubleValue = null,
    bytesValue = null,
  } = value;
  if (stringValue !== null) return stringValue;
  if (boolValue !== null) return boolValue === true || boolValue === 'true';
  if (intValue !== null) return exact(intValue);
  if (doubleValue !== null) return doubleOf(doubleValue);
  if (bytesValue !== null) return bytesValue;
  if (depth >= MOST_DEPTH) return null;

  const { arrayValue, kvlistValue } = value;
  if (isJsonObject(arrayValue))
    return listOf(arrayValue['values'], 'arrayValue.values').map((one) =>
      readValue(objectOf(one, 'an entry of arrayValue.values'), depth + 1),
    );
  if (isJsonObject(kvlistValue)) return attributesOf(kvlistValue['values'], 'kvlistValue.values', depth + 1);
  return null;
}

/** Integers beyond 2^53 stay text: they are ids, and are never rounded. */
function exact(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `NaN`, `Infinity` and `-Infinity` are texts in JSON, and stay so. */
function doubleOf(value: JsonValue): JsonValue {
  if (typeof value !== 'string') return value;
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : value;
}

function listOf(value: JsonValue | undefined, field: string): JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Unreadable(`${field} is no list`);
  return value;
}

function objectOf(value: JsonValue | undefined, field: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new Unreadable(`${field} is no object`);
  return value;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
