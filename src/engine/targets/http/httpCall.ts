import { exchange, type Reply } from '../../http/exchange.ts';
import type { Connection, HttpRequest } from '../../http/httpConnection.ts';
import { HttpError } from '../../http/httpError.ts';
import { parseRetryAfter } from '../../http/retryAfter.ts';
import type { Output } from '../../model/output.ts';
import type { Clock } from '../../ports.ts';
import { decide } from '../../resilience/classify.ts';
import { DeadlineReached } from '../../resilience/deadline.ts';
import { readAllowance } from '../../resilience/pace/readAllowance.ts';
import { type AgentAttempt, statedAttempt, timedOut } from '../guardedOutput.ts';
import { errorOutput } from '../reply/agentReply.ts';
import { failureOutput, statusOutput } from './httpFailure.ts';

export interface HttpCall {
  connection: Connection;
  request: HttpRequest;
  /** Limit of the decompressed reply in bytes. */
  maxBytes: number;
  /** A stream of events is read to its end like any other text. */
  streams?: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** Makes an output of the body of a reply with a status of 200 to 299. */
  read(text: string, latencyMs: number): Output | Promise<Output>;
  /** Takes keys out of what an error quotes, before it is cut short. */
  redact?: ((text: string) => string) | undefined;
}

/**
 * One request to an agent, and what became of it. What the server or the network does wrong is an output that says so;
 * rejects with the signal's reason, unless that is the time limit, and with bugs.
 */
export async function httpCall(call: HttpCall): Promise<AgentAttempt> {
  const { connection, request, clock, signal } = call;
  const start = clock.monotonic();
  const elapsed = () => clock.monotonic() - start;

  try {
    const received = await exchange({ connection, request, signal }, (reply) => receive(reply, call));
    const allowance = readAllowance(received.headers, clock.now(), clock.monotonic());
    return { ...(await toAttempt(received, call, elapsed())), allowance };
  } catch (error) {
    if (error instanceof DeadlineReached) return statedAttempt(timedOut(error, elapsed()));
    signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;

    const decision = decide({ kind: 'fault', fault: error.fault }, clock.monotonic());
    return { output: failureOutput(error, request.url, elapsed()), decision, final: true };
  }
}

type Received = { headers: Reply['headers'] } & (
  | { kind: 'text'; text: string }
  | { kind: 'stream' }
  | { kind: 'refusal'; reply: Reply; text: string }
);

async function receive(reply: Reply, { maxBytes, streams }: HttpCall): Promise<Received> {
  // It may never end.
  const unread = reply.isEventStream && !streams;
  const { headers } = reply;
  if (!reply.ok) return { kind: 'refusal', headers, reply, text: unread ? '' : await reply.text(maxBytes) };
  return unread ? { kind: 'stream', headers } : { kind: 'text', headers, text: await reply.text(maxBytes) };
}

async function toAttempt(received: Received, call: HttpCall, latencyMs: number): Promise<AgentAttempt> {
  switch (received.kind) {
    case 'refusal':
      return refusal(received, call, latencyMs);
    case 'stream':
      return statedAttempt(streamRefused(latencyMs));
    case 'text':
      return statedAttempt(await call.read(received.text, latencyMs));
  }
}

/** Too many requests, and a service that is away for a moment, say that a later call may succeed. */
function refusal(
  { reply, text }: { reply: Reply; text: string },
  { clock, redact = (quoted) => quoted }: HttpCall,
  latencyMs: number,
): AgentAttempt {
  const { status, headers } = reply;
  const output = statusOutput(reply, redact(text), redact, latencyMs);
  const waitMs = parseRetryAfter(headers, clock.now());
  const decision = decide({ kind: 'status', status, waitMs }, clock.monotonic());
  return { output, decision, final: status !== 429 && status !== 503 && status !== 529 };
}

function streamRefused(latencyMs: number): Output {
  return errorOutput(
    'protocol',
    'The server answered with a stream of events (text/event-stream), which is not read. Ask for one whole reply, e.g. with "stream": false in the body or at another URL, or set reply: text to take the events as they stand.',
    latencyMs,
  );
}
