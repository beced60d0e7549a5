import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { LogRecord } from '../../model/span.ts';
import { logFields, type NamedValue } from './logFields.ts';
import { spanIdIn, traceIdIn } from './logIds.ts';
import { levelIn } from './logLevel.ts';
import { timeIn } from './logTime.ts';

/** A line of JSON as loggers write it. */
export type LogLine = Omit<LogRecord, 'timeMs' | 'traceId' | 'spanId'> & {
  /** Null where the line does not say when it was written. */
  timeMs: number | null;
  /** 32 hexadecimal digits; the first 16 are zeros where only the last 64 bits are known. Empty where the line is in no trace. */
  traceId: string;
  /** Empty where the line names no span. */
  spanId: string;
};

/** Longer lines are no lines of a log, in UTF-16 code units. */
const MOST_CHARACTERS = 64 * 1024;
/** The most of a line that stands for a message, where it has none. */
const MOST_MESSAGE = 2_000;

const MESSAGE = [
  'msg',
  'message',
  'event',
  'shortmessage',
  'textpayload',
  'renderedmessage',
  'm',
  'mt',
  'body',
];

/**
 * What a logger wrote as one line of JSON, by the names that pino, winston, bunyan, structlog, Python's and .NET's loggers, Serilog,
 * the Elastic Common Schema, OpenTelemetry and Datadog use. Undefined for every other line: it stays what it is.
 */
export function readLogLine(text: string): LogLine | undefined {
  const document = documentOf(text);
  if (!document) return undefined;

  const values = logFields(document);
  const message = MESSAGE.flatMap((name) => textOf(values, name) ?? [])[0];
  const time = timeIn(values);
  const level = levelIn(values);
  const traceId = traceIdIn(values);
  const spanId = spanIdIn(values);
  // A document of its own, such as a reply, has none of these.
  if (message === undefined && traceId === '') return undefined;
  if (traceId === '' && spanId === '' && time === null && level === null) return undefined;

  return {
    timeMs: time,
    level: level ?? 'info',
    message: message ?? text.trim().slice(0, MOST_MESSAGE).toWellFormed(),
    traceId,
    spanId,
    fields: fieldsBeside(document, message),
  };
}

/** Docker's log files keep what a program wrote within lines of their own. */
function documentOf(text: string): JsonObject | undefined {
  const outer = parsed(text);
  const inner = outer && 'stream' in outer ? outer['log'] : undefined;
  return (typeof inner === 'string' ? parsed(inner) : undefined) ?? outer;
}

function parsed(text: string): JsonObject | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const line = text.trim();
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined;
  try {
    const value: JsonValue = parseUntrustedJson(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(values: readonly NamedValue[], name: string): string | undefined {
  const value = values.find((one) => one.name === name)?.value;
  return typeof value === 'string' ? value : undefined;
}

function fieldsBeside(document: JsonObject, message: string | undefined): JsonObject {
  const isSaid = (value: JsonValue): boolean => message !== undefined && value === message;
  return Object.fromEntries(Object.entries(document).filter(([, value]) => !isSaid(value)));
}
