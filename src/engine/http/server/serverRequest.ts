import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { readBytes, unpacked } from '../body.ts';
import { HttpError, toHttpError } from '../httpError.ts';
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

/** A text or bytes at once, or piece by piece. An iteration that fails cuts the connection: half a reply looks like one. */
export interface ServerReply {
  status: number;
  headers?: { readonly [name: string]: string };
  body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

const ENCODINGS: ReadonlySet<string> = new Set(['', 'identity', 'gzip', 'x-gzip', 'deflate', 'br']);

/** The body of a request within its limits. Throws HttpProblem. */
export async function readRequestBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (!ENCODINGS.has(encoding))
    throw new HttpProblem(415, `the encoding ${JSON.stringify(encoding)} is not known`);

  try {
    const stream = unpacked(incoming, maxBytes);
    if (stream !== incoming) refuseEndlessPacking(incoming, maxBytes);
    return await readBytes(stream, maxBytes);
  } catch (error) {
    throw toProblem(toHttpError(error));
  }
}

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
