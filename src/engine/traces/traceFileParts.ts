import { closeSync, createReadStream, existsSync, openSync, readSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileError } from '../errors.ts';
import { parseUntrustedJson } from '../files/formats/untrustedJson.ts';
import { notAFile, openError } from '../files/readText.ts';
import { statPath } from '../files/statPath.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { BadPiece, Pieces } from './pieces.ts';
import { addDocument, decodeRequest, emptyTraceFile, type TraceFile } from './traceFile.ts';

/** What one line, one message or the whole of a file holds. */
export interface TraceFilePart extends TraceFile {
  /** From 1; null where the file has no lines. */
  line: number | null;
}

const LINE_FEED = 0x0a;

/**
 * The records of a file, piece by piece: requests of OTLP as JSON, as JSON Lines or as protobuf (one, or many behind their lengths,
 * as the collector's file exporter writes them), or the spans of the OpenAI Agents SDK; packed with gzip or not. A line that cannot
 * be read is a part with a reason. Rejects with FileError where the file is none of these.
 */
export async function* traceFileParts(file: string, shownAs: string): AsyncGenerator<TraceFilePart> {
  const source = new Pieces(unpackedFile(file, shownAs));
  try {
    const head = await source.peek(64);
    if (head.length === 0) throw notTraces(shownAs, 'the file is empty');
    if (isJson(head)) yield* jsonParts(source, shownAs);
    else yield* protobufParts(source, shownAs, head[0] !== FIRST_FIELD);
  } catch (error) {
    throw error instanceof FileError ? error : unreadable(error, shownAs);
  } finally {
    source.close();
  }
}

/** The tag of the only field of an export request. */
const FIRST_FIELD = 0x0a;

async function* jsonParts(source: Pieces, shownAs: string): AsyncGenerator<TraceFilePart> {
  const agents = new AgentsLines();
  let line = 0;
  let known = false;
  for (;;) {
    const bytes = await source.until(LINE_FEED);
    if (!bytes) break;
    line += 1;
    const text = bytes.toString('utf8').trim();
    if (text === '') continue;

    const document = parsed(text);
    if (document === undefined && !known && line <= 2)
      return yield wholeDocument([bytes, await source.rest()], shownAs);
    const part = { ...emptyTraceFile(), line };
    if (document !== undefined && (agents.add(part, document) || addDocument(part, document))) known = true;
    else reject(part, 'this is no request of OTLP');
    yield part;
  }
  if (!known) throw notTraces(shownAs, 'the file contains no traces');
}

/** A document over many lines. */
function wholeDocument(bytes: Buffer[], shownAs: string): TraceFilePart {
  const part = { ...emptyTraceFile(), line: null };
  let document: JsonValue;
  try {
    document = parseUntrustedJson(Buffer.concat(bytes).toString('utf8'));
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
    const part = read ?? emptyTraceFile();
    if (!read) reject(part, `message ${index + 1} is no request of OTLP`);
    yield { ...part, line: null };
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
  return /^[ \t\r]*[[{]/.test(text) || /^\s*[[{]\s*["[{\]}]/.test(text);
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseUntrustedJson(text);
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
      'Expected are requests of OTLP as JSON, JSON Lines or protobuf, or spans of the OpenAI Agents SDK; each may be packed with gzip.',
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
function unpackedFile(file: string, shownAs: string): Readable {
  if (!statPath(file, shownAs)?.isFile()) throw existsSync(file) ? notAFile(shownAs) : missing(shownAs);
  const bytes = createReadStream(file, { highWaterMark: 1024 * 1024 });
  return isGzip(file) ? pipeline(bytes, createGunzip(), () => {}) : bytes;
}

function isGzip(file: string): boolean {
  const start = Buffer.alloc(2);
  const open = openSync(file, 'r');
  readSync(open, start);
  closeSync(open);
  return start[0] === 0x1f && start[1] === 0x8b;
}

function missing(shownAs: string): FileError {
  return new FileError('the file does not exist', { where: { path: shownAs }, remedy: 'Check the path.' });
}
