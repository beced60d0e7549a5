import { readRetryAfter } from '../http/retryAfter.ts';
import type { Output } from '../model/output.ts';
import type { Clock } from '../ports.ts';
import { errorOutput } from './agentReply.ts';
import { BodyTooLarge, InvalidText } from './httpBody.ts';
import { type HttpConnection, type HttpReply, type HttpRequest, isEventStream } from './httpConnection.ts';
import { httpStatusError, networkError } from './httpError.ts';
import type { Attempt } from './retriedCall.ts';

export interface Exchange {
  connection: HttpConnection;
  url: URL;
  request: HttpRequest;
  clock: Clock;
  /** Of the whole call, in milliseconds. */
  limitMs: number;
  signal: AbortSignal;
  /** Makes an output of the body of a reply with a status of 200 to 299. */
  read(text: string, latencyMs: number): Output | Promise<Output>;
  /** Takes keys out of what an error quotes, before it is cut short. */
  redact?(text: string): string;
}

/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;

/**
 * One request and its reply within a time limit. What the server or the network does wrong is an output that says so;
 * rejects with the signal's reason, and with bugs.
 */
export async function exchange(options: Exchange): Promise<Attempt> {
  const { connection, url, request, clock, limitMs, signal, read, redact = (text) => text } = options;
  const start = clock.monotonic();
  const elapsed = () => clock.monotonic() - start;
  const sent = connection.send(url, request);
  signal.addEventListener('abort', sent.cancel, { once: true });
  let timedOut = false;
  const done = new AbortController();
  clock.sleep(Math.min(limitMs, LONGEST_MS), done.signal).then(
    () => {
      timedOut = true;
      sent.cancel();
    },
    () => {},
  );
  try {
    const reply = await sent.reply;
    if (reply.status < 200 || reply.status > 299) return refusal(reply, elapsed(), clock, redact);
    if (isEventStream(reply.headers) && !request.streams) return { output: streamRefused(elapsed()) };

    const output = await read(reply.text, elapsed());
    const later = output.status === 'error' && output.error.transient;
    return { output, ...(later ? { retry: {} } : {}) };
  } catch (error) {
    signal.throwIfAborted();
    const output = timedOut
      ? errorOutput('timeout', `No complete reply within ${Math.round(limitMs)} ms.`, elapsed(), true)
      : failure(error, url, request.maxBytes, elapsed());
    return { output };
  } finally {
    // A reason of our own spares the building of an exception, with its stack, for every call.
    done.abort('done');
    signal.removeEventListener('abort', sent.cancel);
  }
}

/** Too many requests, and a service that is away for a moment, say that a later call may succeed. */
function refusal(
  reply: HttpReply,
  latencyMs: number,
  clock: Clock,
  redact: (text: string) => string,
): Attempt {
  const output = httpStatusError(reply, latencyMs, redact);
  if (reply.status !== 429 && reply.status !== 503) return { output };
  const headers = new Headers();
  for (const name of ['retry-after', 'retry-after-ms'] as const) {
    const value = reply.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return { output, retry: { afterMs: readRetryAfter(headers, clock.now()) } };
}

function streamRefused(latencyMs: number): Output {
  return errorOutput(
    'protocol',
    'The server answered with a stream of events (text/event-stream), which is not read. Ask for one whole reply, e.g. with "stream": false in the body or at another URL, or set reply: text to take the events as they stand.',
    latencyMs,
  );
}

function failure(error: unknown, url: URL, maxBytes: number, latencyMs: number): Output {
  if (error instanceof BodyTooLarge) {
    return errorOutput('too-large', `The reply is larger than ${maxBytes} bytes.`, latencyMs);
  }
  if (error instanceof InvalidText) {
    return errorOutput('protocol', 'The reply is not valid UTF-8.', latencyMs);
  }
  const output = networkError(error, url, latencyMs);
  if (output) return output;
  throw error;
}
