import { exchange, type Reply } from '../../../http/exchange.ts';
import type { Connection } from '../../../http/httpConnection.ts';
import { HttpError } from '../../../http/httpError.ts';
import { parseRetryAfter } from '../../../http/retryAfter.ts';
import type { Clock } from '../../../ports.ts';
import type { Sent } from './channel.ts';

/** One request, its answer included, in milliseconds. */
const LIMIT_MS = 10_000;
/** Of an answer, only so much is read and shown. */
const MAX_REPLY_BYTES = 16 * 1024;
const MAX_REASON = 200;
/** What the other side means for good: the same notice would be refused again. */
const FINAL = new Set([400, 413, 422]);

export interface Posting {
  connection: Connection;
  clock: Clock;
  url: URL;
  headers: { readonly [name: string]: string };
  body: string;
}

/** Sends JSON once. Redirects are not followed: the address is the one that was written, and no other gets what is sent. */
export async function post(
  { connection, clock, url, headers, body }: Posting,
  signal: AbortSignal,
): Promise<Sent> {
  const request = { url, method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
  try {
    const limit = { clock, ms: LIMIT_MS };
    return await exchange({ connection, request, signal, limit }, async (reply) => {
      const said = await reply.start(MAX_REPLY_BYTES);
      return toSent(reply, said, clock);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    const { fault, message } = error;
    if (fault.kind === 'timeout')
      return { status: 'failed', reason: `no answer within ${fault.limitMs / 1_000} s` };
    return { status: 'failed', reason: message };
  }
}

function toSent(reply: Reply, said: Uint8Array, clock: Clock): Sent {
  if (reply.ok) return { status: 'sent' };
  const reason = reasonOf(reply, said);
  if (FINAL.has(reply.status)) return { status: 'refused', reason };
  return { status: 'failed', reason, retryAfterMs: parseRetryAfter(reply.headers, clock.now()) };
}

function reasonOf({ status, contentType }: Reply, said: Uint8Array): string {
  if (status >= 300 && status < 400) return `HTTP ${status}: it redirects, which is not followed`;
  if (!/^(text\/plain|application\/json)/.test(contentType)) return `HTTP ${status}`;
  const text = new TextDecoder().decode(said).replace(/\s+/g, ' ').trim();
  return text === '' ? `HTTP ${status}` : `HTTP ${status}: ${text.slice(0, MAX_REASON)}`;
}
