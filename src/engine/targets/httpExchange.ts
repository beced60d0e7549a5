import type { Output } from '../model/output.ts';
import type { Clock } from '../ports.ts';
import { errorOutput } from './agentReply.ts';
import { BodyTooLarge, InvalidText } from './httpBody.ts';
import type { HttpConnection, HttpRequest } from './httpConnection.ts';
import { httpStatusError, networkError } from './httpError.ts';

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
}

/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;

/**
 * One request and its reply within a time limit. What the server or the network does wrong is an output that says so;
 * rejects with the signal's reason, and with bugs.
 */
export async function exchange(options: Exchange): Promise<Output> {
  const { connection, url, request, clock, limitMs, signal, read } = options;
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
    if (reply.status < 200 || reply.status > 299) return httpStatusError(reply, elapsed());
    return await read(reply.text, elapsed());
  } catch (error) {
    signal.throwIfAborted();
    if (timedOut) return errorOutput('timeout', `No complete reply within ${limitMs} ms.`, elapsed(), true);
    return failure(error, url, request.maxBytes, elapsed());
  } finally {
    // A reason of our own spares the building of an exception, with its stack, for every call.
    done.abort('done');
    signal.removeEventListener('abort', sent.cancel);
  }
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
