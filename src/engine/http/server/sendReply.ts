import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpProblem } from './httpProblem.ts';
import type { ServerReply, WholeReply } from './serverRequest.ts';

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Sends a reply; what comes piece by piece waits for a slow client, and ends with a client that has gone. */
export async function sendReply(
  outgoing: ServerResponse,
  { status, headers, body = '' }: ServerReply,
  signal: AbortSignal,
): Promise<void> {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const length = Buffer.byteLength(body);
    outgoing.writeHead(status, { ...HEADERS, 'content-length': length, ...headers });
    outgoing.end(body);
    return;
  }

  outgoing.writeHead(status, { ...HEADERS, ...headers });
  outgoing.flushHeaders();
  for await (const piece of body) {
    if (signal.aborted) break;
    if (!outgoing.write(piece)) await once(outgoing, 'drain', { signal });
  }
  if (signal.aborted) outgoing.destroy();
  else outgoing.end();
}

/** An error as plain JSON. */
export function plainRefusal({ status, message, headers }: HttpProblem): WholeReply {
  const body = JSON.stringify({ error: { message } });
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** Where a reply has begun, its connection is cut instead. */
export function sendProblem(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, body = '' }: WholeReply,
): void {
  if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();

  const length = Buffer.byteLength(body);
  // What has not been read of the request would be taken for the next one.
  const ending = incoming.complete ? {} : { connection: 'close' };
  outgoing.writeHead(status, { ...HEADERS, 'content-length': length, ...headers, ...ending });
  outgoing.end(body, () => {
    if (!incoming.complete) incoming.socket.destroySoon();
  });
}
