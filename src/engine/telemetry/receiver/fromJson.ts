import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { setOwn } from './setOwn.ts';
import {
  type WireItem,
  type WireLog,
  type WireSource,
  type WireSpan,
  type WireTime,
  wireSource,
} from './wireRecords.ts';

/** Values within values; deeper ones are cut off. */
const MOST_DEPTH = 64;

/** A record, or a part of one, that is not of the form that OTLP/JSON has; the message is for whoever sent it. */
class Unreadable extends Error {}

/**
 * The spans of an export request in OTLP/JSON (opentelemetry-proto, specification of OTLP, "JSON Protobuf Encoding"): ids are
 * hexadecimal, enumerations integers, 64-bit integers text or numbers, and unknown fields ignored. Null where the document is no
 * such request.
 */
export function spansFromJson(document: unknown): WireItem<WireSpan>[] | null {
  return items(document, { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans' }, toSpan);
}

/** The same for log records. */
export function logsFromJson(document: unknown): WireItem<WireLog>[] | null {
  return items(document, { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords' }, toLog);
}

function items<T>(
  document: unknown,
  names: { resources: string; scopes: string; records: string },
  read: (record: JsonObject) => T,
): WireItem<T>[] | null {
  if (!isJsonObject(document)) return null;
  const groups = document[names.resources];
  if (groups === undefined || groups === null) return Object.keys(document).length === 0 ? [] : null;
  if (!Array.isArray(groups)) return null;

  return groups.flatMap((group) => {
    if (!isJsonObject(group)) return [{ unreadable: `an entry of ${names.resources} is no object` }];
    const resource = isJsonObject(group['resource']) ? attributesOf(group['resource']['attributes']) : {};
    return listOf(group[names.scopes]).flatMap((scoped) => {
      if (!isJsonObject(scoped)) return [{ unreadable: `an entry of ${names.scopes} is no object` }];
      const source = wireSource(resource, scopeOf(scoped['scope']));
      return listOf(scoped[names.records]).map((record) => item(record, source, read));
    });
  });
}

function item<T>(record: JsonValue, source: WireSource, read: (record: JsonObject) => T): WireItem<T> {
  if (!isJsonObject(record)) return { unreadable: 'a record is no object' };
  try {
    return { record: read(record), source };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
}

function toSpan(span: JsonObject): WireSpan {
  const status = isJsonObject(span['status']) ? span['status'] : {};
  return {
    traceId: idOf(span['traceId'], 'traceId'),
    spanId: idOf(span['spanId'], 'spanId'),
    parentSpanId: idOf(span['parentSpanId'], 'parentSpanId'),
    name: textOf(span['name']),
    kind: enumOf(span['kind'], KINDS),
    start: timeOf(span['startTimeUnixNano'], 'startTimeUnixNano'),
    end: timeOf(span['endTimeUnixNano'], 'endTimeUnixNano'),
    attributes: attributesOf(span['attributes']),
    events: listOf(span['events'])
      .filter(isJsonObject)
      .map((event) => ({
        name: textOf(event['name']),
        time: timeOf(event['timeUnixNano'], 'events.timeUnixNano'),
        attributes: attributesOf(event['attributes']),
      })),
    links: listOf(span['links'])
      .filter(isJsonObject)
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
    attributes: attributesOf(record['attributes']),
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

function attributesOf(value: JsonValue | undefined): JsonObject {
  return pairsOf(value, 0);
}

function pairsOf(value: JsonValue | undefined, depth: number): JsonObject {
  const object: JsonObject = {};
  for (const pair of listOf(value)) {
    if (!isJsonObject(pair) || typeof pair['key'] !== 'string') continue;
    setOwn(object, pair['key'], isJsonObject(pair['value']) ? readValue(pair['value'], depth) : null);
  }
  return object;
}

function readValue(value: JsonObject, depth: number): JsonValue {
  if (value['stringValue'] !== undefined) return value['stringValue'];
  if (value['boolValue'] !== undefined) return value['boolValue'] === true || value['boolValue'] === 'true';
  if (value['intValue'] !== undefined) return exact(value['intValue']);
  if (value['doubleValue'] !== undefined) return doubleOf(value['doubleValue']);
  if (value['bytesValue'] !== undefined) return value['bytesValue'];
  if (depth >= MOST_DEPTH) return null;

  const { arrayValue, kvlistValue } = value;
  if (isJsonObject(arrayValue))
    return listOf(arrayValue['values']).map((one) => (isJsonObject(one) ? readValue(one, depth + 1) : null));
  if (isJsonObject(kvlistValue)) return pairsOf(kvlistValue['values'], depth + 1);
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

function scopeOf(scope: JsonValue | undefined): { name: string; version: string } {
  if (!isJsonObject(scope)) return { name: '', version: '' };
  return { name: textOf(scope['name']), version: textOf(scope['version']) };
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
