import { createReadStream, existsSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileError } from '../errors.ts';
import { parseUntrustedJson } from '../files/formats/untrustedJson.ts';
import { notAFile, openError } from '../files/readText.ts';
import { statPath } from '../files/statPath.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { MOST_LEVELS } from '../telemetry/receiver/decodeExport.ts';
import { LogLines } from './logLines.ts';
import { BadPiece, Pieces } from './pieces.ts';
import {
  addDocument,
  decodeRequest,
  emptyTraceFile,
  type TraceFile,
  type TraceFilePart,
} from './traceFile.ts';

const LINE_FEED = 0x0a;

/**
 * The records of a file, piece by piece: requests of OTLP as JSON, as JSON Lines or as protobuf (one, or many behind their lengths,
 * as the collector's file exporter writes them), the spans of the OpenAI Agents SDK, or a log with lines of JSON; packed with gzip
 * or not. A line that cannot be read is a part with a reason. Rejects with FileError where the file is none of these.
 */
export async function* traceFileParts(
  from: string | Readable,
  shownAs: string,
): AsyncGenerator<TraceFilePart> {
  const source = new Pieces(await unpacked(from instanceof Readable ? from : openFile(from, shownAs)));
  try {
    const head = await source.peek(64);
    if (head.length === 0) throw notTraces(shownAs, 'the file is empty');
    if (isJson(head)) yield* lineParts(source, shownAs, new LogLines({ isLog: false }));
    else if (isText(head)) yield* lineParts(source, shownAs, new LogLines({ isLog: true }));
    else yield* protobufParts(source, shownAs, head[0] !== FIRST_FIELD);
  } catch (error) {
    throw error instanceof FileError ? error : unreadable(error, shownAs);
  } finally {
    source.close();
  }
}

/** The tag of the only field of an export request. */
const FIRST_FIELD = 0x0a;

async function* lineParts(source: Pieces, shownAs: string, log: LogLines): AsyncGenerator<TraceFilePart> {
  const agents = new AgentsLines();
  let line = 0;
  let isFirst = true;
  let known = false;
  for (;;) {
    const bytes = await source.until(LINE_FEED);
    if (!bytes) break;
    line += 1;
    const text = bytes.toString('utf8').trim();
    if (text === '') continue;

    const document = parsed(text);
    if (document === undefined && isFirst && BEGINS_DOCUMENT.test(text))
      return yield wholeDocument([bytes, await source.rest()], shownAs);
    isFirst = false;
    const part = emptyPart(line);
    if (document !== undefined && (agents.add(part, document) || addDocument(part, document))) known = true;
    else if (isMetrics(document)) part.unplaced += 1;
    else if (log.add(part, text)) known ||= part.unplaced === 0;
    else reject(part, 'this is no request of OTLP');
    yield part;
  }
  if (!known)
    throw notTraces(shownAs, log.isLog ? 'no line of the file names a trace' : 'the file contains no traces');
}

/** The collector writes all signals into one file. */
function isMetrics(document: JsonValue | undefined): boolean {
  return isJsonObject(document) && Array.isArray(document['resourceMetrics']);
}

/** The first line of a document over many lines. */
const BEGINS_DOCUMENT = /^\uFEFF?[[{]\s*(?:$|["[{\]}])/;

function emptyPart(line: number | null): TraceFilePart {
  return { ...emptyTraceFile(), line, unplaced: 0 };
}

/** A document over many lines. */
function wholeDocument(bytes: Buffer[], shownAs: string): TraceFilePart {
  const part = emptyPart(null);
  let document: JsonValue;
  try {
    document = parseUntrustedJson(Buffer.concat(bytes).toString('utf8'), MOST_LEVELS);
  } catch (error) {
    throw notTraces(shownAs, `the file is not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!addDocument(part, document)) throw notTraces(shownAs, 'the file contains no traces');
  return part;
}

async function* protobufParts(source: Pieces, shownAs: string, many: boolean): AsyncGenerator<TraceFilePart> {
  for (let index = 0; ; index += 1) {
    const bytes = many ? await source.behindLength() : await source.rest();
    if (!bytes) return;
    const read = decodeRequest(bytes);
    if (!read && index === 0) throw notTraces(shownAs, 'the file contains no traces');
    const part = { ...emptyPart(null), ...read };
    if (!read) reject(part, `message ${index + 1} is no request of OTLP`);
    yield part;
    if (!many) return;
  }
}

/** Spans of the OpenAI Agents SDK one a line; the traces that they belong to say which conversation it is. */
class AgentsLines {
  readonly #traces: JsonValue[] = [];

  add(part: TraceFile, line: JsonValue): boolean {
    const item = Array.isArray(line) ? line.at(-1) : line;
    if (!isJsonObject(item)) return false;
    if (item['object'] === 'trace') {
      this.#traces.push(item);
      return true;
    }
    return item['object'] === 'trace.span' && addDocument(part, [...this.#traces, item]);
  }
}

function isJson(head: Buffer): boolean {
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  // A line feed is also how a request in protobuf begins.
  return /^[ \t\r]*[[{]\s*(?:$|["[{\]}])/.test(text) || /^\s*[[{]\s*["[{\]}]/.test(text);
}

/** A log, rather than protobuf, whose first byte is a line feed or 0. */
function isText(head: Buffer): boolean {
  return (
    head[0] !== LINE_FEED && head.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0d, 0x1b].includes(byte))
  );
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseUntrustedJson(text, MOST_LEVELS);
  } catch {
    return undefined;
  }
}

function reject(part: TraceFile, reason: string): void {
  part.rejected += 1;
  part.reasons.push(reason);
}

function notTraces(shownAs: string, what: string): FileError {
  return new FileError(what, {
    where: { path: shownAs },
    remedy:
      'Expected are requests of OTLP as JSON, JSON Lines or protobuf, spans of the OpenAI Agents SDK, or a log with lines of JSON that name their trace; each may be packed with gzip.',
  });
}

function unreadable(error: unknown, shownAs: string): unknown {
  if (error instanceof BadPiece) return notTraces(shownAs, error.message);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_')
    ? notTraces(shownAs, 'the file cannot be unpacked')
    : openError(error, shownAs);
}

/** Throws FileError for what is no ordinary file. */
function openFile(file: string, shownAs: string): Readable {
  if (!statPath(file, shownAs)?.isFile()) throw existsSync(file) ? notAFile(shownAs) : missing(shownAs);
  return createReadStream(file, { highWaterMark: 1024 * 1024 });
}

async function unpacked(bytes: Readable): Promise<Readable> {
  const pieces = new Pieces(bytes);
  const head = await pieces.peek(2);
  const all = Readable.from(pieces.chunks());
  return head[0] === 0x1f && head[1] === 0x8b ? pipeline(all, createGunzip(), () => {}) : all;
}

function missing(shownAs: string): FileError {
  return new FileError('the file does not exist', { where: { path: shownAs }, remedy: 'Check the path.' });
}
