import { FileError } from '../errors.ts';
import { parseUntrustedJson } from '../files/formats/untrustedJson.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { readOpenAiAgentsSpans } from '../telemetry/dialects/openAiAgentsSpans.ts';
import { type Checked, checkLogs, checkSpans } from '../telemetry/receiver/checkRecords.ts';
import { decodeTraces, MalformedExport } from '../telemetry/receiver/decodeExport.ts';
import { logsFromJson, spansFromJson } from '../telemetry/receiver/fromJson.ts';

export interface TraceFile {
  spans: SpanRecord[];
  logs: LogRecord[];
  /** Records, or lines, that could not be read. */
  rejected: number;
  /** Why, each reason once. */
  reasons: string[];
}

/**
 * The spans and log records of a file: export requests of OTLP as JSON, as JSON Lines (as OpenTelemetry's file exporter and
 * the collector write them) or as protobuf, or the spans of the OpenAI Agents SDK. Throws FileError where it is none of them.
 */
export function readTraceFile(bytes: Uint8Array, shownAs: string): TraceFile {
  const text = textOf(bytes);
  if (text === undefined) return fromProtobuf(bytes, shownAs);

  const file: TraceFile = { spans: [], logs: [], rejected: 0, reasons: [] };
  const whole = parsed(text);
  const known = whole === undefined ? addLines(file, text) : addDocument(file, whole);
  if (known) return file;
  throw new FileError('the file contains no traces', {
    where: { path: shownAs },
    remedy:
      'Expected are requests of OTLP as JSON, JSON Lines or protobuf, or spans of the OpenAI Agents SDK.',
  });
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
  try {
    const { records, rejected, reasons } = decodeTraces(bytes, 'protobuf');
    if (records.length > 0) return { spans: records, logs: [], rejected, reasons };
  } catch (error) {
    if (!(error instanceof MalformedExport)) throw error;
  }
  throw new FileError('the file contains no traces', {
    where: { path: shownAs },
    remedy:
      'Expected are requests of OTLP as JSON, JSON Lines or protobuf, or spans of the OpenAI Agents SDK.',
  });
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

function addDocument(file: TraceFile, document: JsonValue): boolean {
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
    return parseUntrustedJson(text);
  } catch {
    return undefined;
  }
}
