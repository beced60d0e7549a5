import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonValue } from '../../model/json.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { type Checked, checkLogs, checkSpans } from './checkRecords.ts';
import { logsFromJson, spansFromJson } from './fromJson.ts';
import { logsFromProtobuf, spansFromProtobuf } from './fromProtobuf.ts';
import { BrokenBytes } from './protobufBytes.ts';

export type OtlpEncoding = 'protobuf' | 'json';

/** A value within a value takes four levels of JSON. Those that are nested too deeply are cut off, and cost nobody else anything. */
export const MOST_LEVELS = 1_000;

/** A body that is no export request at all; the message is for whoever sent it. */
export class MalformedExport extends Error {}

/** The spans of an export request. Throws MalformedExport. */
export function decodeTraces(body: Uint8Array, encoding: OtlpEncoding): Checked<SpanRecord> {
  if (encoding === 'json') return checkSpans(known(spansFromJson(jsonOf(body)), 'resourceSpans'));
  return checkSpans(readable(() => spansFromProtobuf(body)));
}

/** The log records of an export request. Throws MalformedExport. */
export function decodeLogs(body: Uint8Array, encoding: OtlpEncoding): Checked<LogRecord> {
  if (encoding === 'json') return checkLogs(known(logsFromJson(jsonOf(body)), 'resourceLogs'));
  return checkLogs(readable(() => logsFromProtobuf(body)));
}

function jsonOf(body: Uint8Array): JsonValue {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MalformedExport('the body is not UTF-8');
  }
  try {
    return parseUntrustedJson(text, MOST_LEVELS);
  } catch (error) {
    throw new MalformedExport(
      error instanceof SyntaxError ? `the body is no JSON: ${error.message}` : String(error),
    );
  }
}

function known<T>(items: T[] | null, field: string): T[] {
  if (items) return items;
  throw new MalformedExport(`the body is no export request of OTLP: it has no list ${field}`);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BrokenBytes)) throw error;
    throw new MalformedExport(`the body is no protobuf message of OTLP: ${error.message}`);
  }
}
