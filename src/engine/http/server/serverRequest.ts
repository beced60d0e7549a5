import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { readBytes } from '../body.ts';
import { HttpError, toHttpError } from '../httpError.ts';
import { packingsOf, Unpack } from '../unpack.ts';
import type { BodyRoom } from './bodyPool.ts';
import { HttpProblem } from './httpProblem.ts';

/** What a route is given. */
export interface ServerRequest {
  method: string;
  /** As it was sent, without the query. */
  path: string;
  /** Path and query, as they were sent. */
  target: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Aborted when the client has gone, or the server closes. */
  signal: AbortSignal;
  /** The body as it was sent, packed or not. Rejects as `body` does. */
  sent(): Promise<Buffer>;
  /** The unpacked body. Rejects with HttpProblem where it is too long, broken, or too slow. */
  body(): Promise<Buffer>;
}

export interface WholeReply {
  status: number;
  headers?: { readonly [name: string]: string };
  body?: string | Uint8Array;
}

/** A text or bytes at once, or piece by piece. An iteration that fails cuts the connection: half a reply looks like one. */
export type ServerReply =
  | WholeReply
  | (Omit<WholeReply, 'body'> & { body: AsyncIterable<string | Uint8Array> });

const ENCODINGS: ReadonlySet<string> = new Set(['', 'identity', 'gzip', 'x-gzip', 'deflate', 'br']);

/** The body of a request as it was sent, within its limits; `room` is what all bodies share. Throws HttpProblem. */
export async function readSentBody(
  incoming: IncomingMessage,
  maxBytes: number,
  room: BodyRoom,
): Promise<Buffer> {
  if (!ENCODINGS.has(encodingOf(incoming)))
    throw new HttpProblem(415, `the encoding ${JSON.stringify(encodingOf(incoming))} is not known`);
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLong(maxBytes);
  return await readWithin(incoming, maxBytes, room);
}

/** What was sent, unpacked. Throws HttpProblem. */
export async function unpackBody(
  sent: Buffer,
  incoming: IncomingMessage,
  { maxBytes, room }: { maxBytes: number; room: BodyRoom },
): Promise<Buffer> {
  const [packing] = packingsOf(encodingOf(incoming));
  if (packing === undefined || sent.length === 0) return sent;

  const chunkBytes = Math.min(MOST_UNPACKED_AT_ONCE, Math.max(LEAST_UNPACKED_AT_ONCE, sent.length * 4));
  if (!room.take(chunkBytes)) throw NO_ROOM;
  const stream = new Unpack(packing, chunkBytes);
  stream.end(sent);
  return await readWithin(stream, maxBytes, room);
}

/** Bytes that are unpacked in one go: each of them costs a change of threads. */
const MOST_UNPACKED_AT_ONCE = 256 * 1024;
const LEAST_UNPACKED_AT_ONCE = 16 * 1024;

async function readWithin(stream: Readable, maxBytes: number, room: BodyRoom): Promise<Buffer> {
  try {
    const full = new Promise<never>((_, reject) => {
      stream.on('data', (chunk: Buffer) => {
        if (room.take(chunk.length)) return;
        // Its sender is answered before the connection is closed.
        stream.pause();
        reject(NO_ROOM);
      });
    });
    return await Promise.race([readBytes(stream, maxBytes), full]);
  } catch (error) {
    throw error === NO_ROOM ? error : toProblem(toHttpError(error));
  }
}

const NO_ROOM = new HttpProblem(503, 'too much is being received at once', { 'retry-after': '1' });

function encodingOf(incoming: IncomingMessage): string {
  return incoming.headers['content-encoding']?.trim().toLowerCase() ?? '';
}

function tooLong(maxBytes: number): HttpProblem {
  return new HttpProblem(413, `the body is longer than ${maxBytes} bytes`);
}

function toProblem(error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  switch (error.fault.kind) {
    case 'too-large':
      return tooLong(error.fault.maxBytes);
    case 'compression':
      return new HttpProblem(400, 'the body cannot be unpacked');
    default:
      return new HttpProblem(400, 'the body is not complete');
  }
}
