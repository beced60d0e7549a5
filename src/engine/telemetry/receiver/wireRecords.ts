import type { JsonObject, JsonValue } from '../../model/json.ts';

/** A span as either encoding has it, before it is checked. Ids in lower-case hexadecimal, or as they came; times in nanoseconds. */
export interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startNanos: bigint;
  endNanos: bigint;
  attributes: JsonObject;
  events: { name: string; nanos: bigint; attributes: JsonObject }[];
  links: { traceId: string; spanId: string }[];
  statusCode: number;
  statusMessage: string;
}

/** A log record as either encoding has it. */
export interface WireLog {
  traceId: string;
  spanId: string;
  /** When it happened; 0 where that is unknown. */
  nanos: bigint;
  observedNanos: bigint;
  severity: number;
  event: string;
  body: JsonValue | undefined;
  attributes: JsonObject;
}

/** Who sent a group of records. */
export interface WireSource {
  resource: JsonObject;
  scope: string;
}

/** Each record with its source, or why it cannot be read at all. */
export type WireItem<T> = { record: T; source: WireSource } | { unreadable: string };
