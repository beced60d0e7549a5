import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { readBytes, unpacked } from '../body.ts';
import { HttpError, toHttpError } from '../httpError.ts';
import type { BodyRoom } from './bodyPool.ts';
import { HttpProblem } from './httpProblem.ts';

/** What a route is given. */
export interface ServerRequest {
  method: string;
  /** As it was sent, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Aborted when the client has gone, or the server closes. */
  signal: AbortSignal;
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

/** The body of a request within its limits; `room` is what all bodies share. Throws HttpProblem. */
export async function readRequestBody(
  incoming: IncomingMessage,
  maxBytes: number,
  room: BodyRoom,
): Promise<Buffer> {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (!ENCODINGS.has(encoding))
    throw new HttpProblem(415, `the encoding ${JSON.stringify(encoding)} is not known`);

  try {
    const stream = unpacked(incoming, maxBytes);
    if (stream !== incoming) refuseEndlessPacking(incoming, maxBytes);
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

/** What unpacks to nothing may go on for ever. */
function refuseEndlessPacking(incoming: IncomingMessage, maxBytes: number): void {
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) incoming.destroy(new HttpError({ kind: 'too-large', maxBytes }));
  });
}

function toProblem(error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  switch (error.fault.kind) {
    case 'too-large':
      return new HttpProblem(413, `the body is longer than ${error.fault.maxBytes} bytes`);
    case 'compression':
      return new HttpProblem(400, 'the body cannot be unpacked');
    default:
      return new HttpProblem(400, 'the body is not complete');
  }
}
