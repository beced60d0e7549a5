import type { JsonObject, JsonValue } from '../../model/json.ts';
import { GENERAL } from '../attributes.ts';

/** A span as either encoding has it, before it is checked. Ids in lower-case hexadecimal, or as they came. */
export interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  start: WireTime;
  end: WireTime;
  attributes: JsonObject;
  events: { name: string; time: WireTime; attributes: JsonObject }[];
  links: { traceId: string; spanId: string }[];
  statusCode: number;
  statusMessage: string;
}

/** A log record as either encoding has it. */
export interface WireLog {
  traceId: string;
  spanId: string;
  /** When it happened. */
  time: WireTime;
  observed: WireTime;
  severity: number;
  event: string;
  body: JsonValue | undefined;
  attributes: JsonObject;
}

/** Milliseconds since the epoch, to the microsecond; null where it is unknown. */
export type WireTime = number | null;

/** Who sent a group of records. */
export interface WireSource {
  service: string;
  /** All other attributes of the resource; undefined where there are none. Records share it. */
  resource: JsonObject | undefined;
  scope: string;
}

export function wireSource(resource: JsonObject, scope: { name: string; version: string }): WireSource {
  const { [GENERAL.serviceName]: service, ...rest } = resource;
  return {
    service: typeof service === 'string' && service !== '' ? service : 'unknown',
    resource: Object.keys(rest).length > 0 ? rest : undefined,
    scope: [scope.name, scope.version].filter((part) => part !== '').join(' '),
  };
}

/** Each record with its source, or why it cannot be read at all. */
export type WireItem<T> = { record: T; source: WireSource } | { unreadable: string };
