import type { JsonObject } from '../../model/json.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { GENERAL } from '../attributes.ts';
import type { WireItem, WireLog, WireSource, WireSpan } from './wireRecords.ts';

/** What is kept of an export request, and what is not, in words for whoever sent it. */
export interface Checked<T> {
  records: T[];
  rejected: number;
  /** The first few reasons, each once. */
  reasons: string[];
}

/** Reasons beyond this say nothing new. */
const MOST_REASONS = 5;

/** Good spans are kept where others are malformed. */
export function checkSpans(items: readonly WireItem<WireSpan>[]): Checked<SpanRecord> {
  return check(items, (span, source) => {
    const fault = traceFault(span.traceId) ?? spanFault(span.spanId) ?? parentFault(span.parentSpanId);
    if (fault !== undefined) return fault;
    return span.start === null ? 'a span has no start time' : toSpanRecord(span, span.start, source);
  });
}

/** Log records without a trace are kept nowhere, since there is nothing that they belong to. */
export function checkLogs(items: readonly WireItem<WireLog>[]): Checked<LogRecord> {
  return check(items, (log) => {
    const time = log.time ?? log.observed;
    const fault = log.traceId === '' ? 'a log record belongs to no trace' : traceFault(log.traceId);
    if (fault !== undefined) return fault;
    return time === null ? 'a log record has no time' : toLogRecord(log, time);
  });
}

function check<W, T extends object>(
  items: readonly WireItem<W>[],
  read: (record: W, source: WireSource) => T | string,
): Checked<T> {
  const records: T[] = [];
  const reasons = new Set<string>();
  for (const item of items) {
    const result = 'unreadable' in item ? item.unreadable : read(item.record, item.source);
    if (typeof result !== 'string') records.push(result);
    else if (reasons.size < MOST_REASONS) reasons.add(result);
  }
  return { records, rejected: items.length - records.length, reasons: [...reasons] };
}

function traceFault(id: string): string | undefined {
  return idFault(id, 32, 'trace id');
}

function spanFault(id: string): string | undefined {
  return idFault(id, 16, 'span id');
}

/** Eight zero bytes are how some write that there is no parent. */
function parentFault(id: string): string | undefined {
  return id === '' || /^0+$/.test(id) ? undefined : idFault(id, 16, 'parent span id');
}

function idFault(id: string, digits: number, name: string): string | undefined {
  if (id === '') return `a ${name} is missing`;
  if (id.length === digits && /^[0-9a-f]+$/.test(id))
    return /^0+$/.test(id) ? `a ${name} is all zeros` : undefined;
  // What Base64 makes of 16 and 8 bytes: protobuf's own JSON, which OTLP's is not.
  const base64 = id.length === (digits === 32 ? 24 : 12) && /^[A-Za-z0-9+/]+=*$/.test(id);
  const hint = base64 ? '; this one looks like Base64, which OTLP/JSON does not use for ids' : '';
  return `a ${name} must have ${digits} hexadecimal digits${hint}`;
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS = ['unset', 'ok', 'error'] as const;

function toSpanRecord(span: WireSpan, startMs: number, { resource, service, scope }: WireSource): SpanRecord {
  const record: SpanRecord = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: /^0*$/.test(span.parentSpanId) ? null : span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind] ?? 'internal',
    startMs,
    // One that has not ended, or whose clock went back, took no time.
    endMs: Math.max(startMs, span.end ?? 0),
    status: STATUS[span.statusCode] ?? 'unset',
    attributes: span.attributes,
    events: span.events.map(({ name, time, attributes }) => ({ name, timeMs: time ?? startMs, attributes })),
    links: span.links.filter((link) => !traceFault(link.traceId) && !spanFault(link.spanId)),
    service,
  };

  if (span.statusMessage !== '') record.statusMessage = span.statusMessage;
  if (resource) record.resource = resource;
  if (scope !== '') record.scope = scope;
  return record;
}

function toLogRecord(log: WireLog, timeMs: number): LogRecord {
  const event = log.event || textOf(log.attributes, GENERAL.eventName);
  const plain = typeof log.body === 'string';
  return {
    timeMs,
    level: levelOf(log.severity),
    message: plain ? String(log.body) : event || JSON.stringify(log.body ?? null),
    traceId: log.traceId,
    spanId: spanFault(log.spanId) === undefined ? log.spanId : '',
    fields: log.attributes,
    ...(event === '' ? {} : { event }),
    ...(plain || log.body === undefined ? {} : { body: log.body }),
  };
}

/** OpenTelemetry's severity numbers: four for each level, from 1 for the finest trace to 24 for fatal. */
function levelOf(severity: number): LogRecord['level'] {
  if (severity >= 17) return 'error';
  if (severity >= 13) return 'warn';
  return severity >= 1 && severity < 9 ? 'debug' : 'info';
}

function textOf(attributes: JsonObject, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : '';
}
