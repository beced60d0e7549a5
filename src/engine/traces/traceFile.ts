import { FileError } from '../errors.ts';
import { parseUntrustedJson } from '../files/formats/untrustedJson.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { readOpenAiAgentsSpans } from '../telemetry/dialects/openAiAgentsSpans.ts';
import { type Checked, checkLogs, checkSpans } from '../telemetry/receiver/checkRecords.ts';
import {
  decodeLogs,
  decodeTraces,
  MalformedExport,
  MOST_LEVELS,
} from '../telemetry/receiver/decodeExport.ts';
import { logsFromJson, spansFromJson } from '../telemetry/receiver/fromJson.ts';

export interface TraceFile {
  spans: SpanRecord[];
  logs: LogRecord[];
  /** Records, or lines, that could not be read. */
  rejected: number;
  /** Why, each reason once. */
  reasons: string[];
}

/** What one line, one message or the whole of a file holds. */
export interface TraceFilePart extends TraceFile {
  /** From 1; null where the file has no lines. */
  line: number | null;
  /** Lines of a log that name no trace. */
  unplaced: number;
}

/**
 * The spans and log records of a file: export requests of OTLP as JSON, as JSON Lines (as OpenTelemetry's file exporter and
 * the collector write them) or as protobuf, or the spans of the OpenAI Agents SDK. Throws FileError where it is none of them.
 */
export function readTraceFile(bytes: Uint8Array, shownAs: string): TraceFile {
  const text = textOf(bytes);
  if (text === undefined) return fromProtobuf(bytes, shownAs);

  const file = emptyTraceFile();
  const whole = parsed(text);
  const known = whole === undefined ? addLines(file, text) : addDocument(file, whole);
  if (known) return file;
  throw new FileError('the file contains no traces', {
    where: { path: shownAs },
    remedy:
      'Expected are requests of OTLP as JSON, JSON Lines or protobuf, or spans of the OpenAI Agents SDK.',
  });
}

export function emptyTraceFile(): TraceFile {
  return { spans: [], logs: [], rejected: 0, reasons: [] };
}

/** Undefined for what is not text, or begins as no JSON does. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /^\s*[[{]/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function fromProtobuf(bytes: Uint8Array, shownAs: string): TraceFile {
  const file = decodeRequest(bytes);
  if (file) return file;
  throw new FileError('the file contains no traces', {
    where: { path: shownAs },
    remedy:
      'Expected are requests of OTLP as JSON, JSON Lines or protobuf, or spans of the OpenAI Agents SDK.',
  });
}

/** An export request in protobuf, which does not say whether it is for spans or for log records. Undefined where it is neither. */
export function decodeRequest(bytes: Uint8Array): TraceFile | undefined {
  const spans = checked(() => decodeTraces(bytes, 'protobuf'));
  if (spans && spans.records.length > 0)
    return { ...emptyTraceFile(), ...counts(spans), spans: spans.records };
  const logs = checked(() => decodeLogs(bytes, 'protobuf'));
  if (logs && logs.records.length > 0) return { ...emptyTraceFile(), ...counts(logs), logs: logs.records };
  return undefined;
}

function counts({ rejected, reasons }: Checked<unknown>): Pick<TraceFile, 'rejected' | 'reasons'> {
  return { rejected, reasons };
}

function checked<T>(decode: () => Checked<T>): Checked<T> | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedExport) return undefined;
    throw error;
  }
}

/** Whether one of the lines is of a known form. */
function addLines(file: TraceFile, text: string): boolean {
  let known = false;
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const document = parsed(line);
    if (document !== undefined && addDocument(file, document)) known = true;
    else reject(file, 1, [`line ${at + 1} is not a request of OTLP`]);
  }
  return known;
}

/** Adds what a document of one of the known forms has; false where it is none of them. */
export function addDocument(file: TraceFile, document: JsonValue): boolean {
  if (Array.isArray(document)) {
    const agents = readOpenAiAgentsSpans(document);
    if (agents) {
      file.spans.push(...agents.spans);
      reject(file, agents.rejected, ['a span of the OpenAI Agents SDK is malformed']);
      return true;
    }
    return document.length > 0 && document.map((one) => addDocument(file, one)).some(Boolean);
  }
  if (!isJsonObject(document) || Object.keys(document).length === 0) return false;

  const spans = 'resourceSpans' in document ? spansFromJson(document) : null;
  if (spans) add(file, file.spans, checkSpans(spans));
  const logs = 'resourceLogs' in document ? logsFromJson(document) : null;
  if (logs) add(file, file.logs, checkLogs(logs));
  return spans !== null || logs !== null;
}

function add<T>(file: TraceFile, to: T[], { records, rejected, reasons }: Checked<T>): void {
  for (const record of records) to.push(record);
  reject(file, rejected, reasons);
}

function reject(file: TraceFile, count: number, reasons: readonly string[]): void {
  if (count === 0) return;
  file.rejected += count;
  for (const reason of reasons) if (!file.reasons.includes(reason)) file.reasons.push(reason);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseUntrustedJson(text, MOST_LEVELS);
  } catch {
    return undefined;
  }
}
