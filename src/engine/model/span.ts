import type { JsonObject, JsonValue } from './json.ts';

/** A finished OpenTelemetry span as it is stored: times in milliseconds since the epoch, with fractions. */
export interface SpanRecord {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  startMs: number;
  endMs: number;
  status: 'unset' | 'ok' | 'error';
  statusMessage?: string;
  attributes: JsonObject;
  events: { name: string; timeMs: number; attributes: JsonObject }[];
  links: { traceId: string; spanId: string }[];
  /** Who emitted it: the `service.name` of its resource. */
  service: string;
  /** What else its resource says, such as the version of the service; absent where nothing. */
  resource?: JsonObject;
  /** The library that made it, with its version. */
  scope?: string;
}

/** A log line, tied to the span in which it was written. */
export interface LogRecord {
  timeMs: number;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  traceId: string;
  spanId: string;
  fields: { [key: string]: JsonValue };
  /** The name of the event that the record stands for, where it is one. */
  event?: string;
  /** What it says, where that is more than a text. */
  body?: JsonValue;
}
