import { exchange, type Reply } from '../../http/exchange.ts';
import type { Connection, HttpRequest } from '../../http/httpConnection.ts';
import { readRetryAfter } from '../../http/retryAfter.ts';
import type { Output } from '../../model/output.ts';
import type { Clock } from '../../ports.ts';
import { errorOutput } from '../reply/agentReply.ts';
import type { Attempt } from '../retriedCall.ts';
import { failureOutput, statusOutput } from './httpFailure.ts';

export interface HttpCall {
  connection: Connection;
  request: HttpRequest;
  /** Limit of the decompressed reply in bytes. */
  maxBytes: number;
  /** A stream of events is read to its end like any other text. */
  streams?: boolean;
  clock: Clock;
  /** Of the whole call, in milliseconds. */
  limitMs: number;
  signal: AbortSignal;
  /** Makes an output of the body of a reply with a status of 200 to 299. */
  read(text: string, latencyMs: number): Output | Promise<Output>;
  /** Takes keys out of what an error quotes, before it is cut short. */
  redact?: ((text: string) => string) | undefined;
}

/**
 * One request to an agent, and what became of it. What the server or the network does wrong is an output that says so;
 * rejects with the signal's reason, and with bugs.
 */
export async function httpCall(call: HttpCall): Promise<Attempt> {
  const { connection, request, clock, limitMs, signal } = call;
  const start = clock.monotonic();
  const elapsed = () => clock.monotonic() - start;

  try {
    const options = { connection, request, signal, limit: { clock, ms: limitMs } };
    const received = await exchange(options, (reply) => receive(reply, call));
    return await toAttempt(received, call, elapsed());
  } catch (error) {
    signal.throwIfAborted();
    return { output: failureOutput(error, request.url, elapsed()) };
  }
}

type Received =
  | { kind: 'text'; text: string }
  | { kind: 'stream' }
  | { kind: 'refusal'; reply: Reply; text: string };

async function receive(reply: Reply, { maxBytes, streams }: HttpCall): Promise<Received> {
  // It may never end.
  const unread = reply.isEventStream && !streams;
  if (!reply.ok) return { kind: 'refusal', reply, text: unread ? '' : await reply.text(maxBytes) };
  return unread ? { kind: 'stream' } : { kind: 'text', text: await reply.text(maxBytes) };
}

async function toAttempt(received: Received, call: HttpCall, latencyMs: number): Promise<Attempt> {
  switch (received.kind) {
    case 'refusal':
      return refusal(received, call, latencyMs);
    case 'stream':
      return { output: streamRefused(latencyMs) };
    case 'text': {
      const output = await call.read(received.text, latencyMs);
      const later = output.status === 'error' && output.error.transient;
      return later ? { output, retry: {} } : { output };
    }
  }
}

/** Too many requests, and a service that is away for a moment, say that a later call may succeed. */
function refusal(
  { reply, text }: { reply: Reply; text: string },
  { clock, redact = (quoted) => quoted }: HttpCall,
  latencyMs: number,
): Attempt {
  const output = statusOutput(reply, redact(text), redact, latencyMs);
  if (reply.status !== 429 && reply.status !== 503) return { output };
  return { output, retry: { afterMs: readRetryAfter(reply.headers, clock.now()) } };
}

function streamRefused(latencyMs: number): Output {
  return errorOutput(
    'protocol',
    'The server answered with a stream of events (text/event-stream), which is not read. Ask for one whole reply, e.g. with "stream": false in the body or at another URL, or set reply: text to take the events as they stand.',
    latencyMs,
  );
}
