import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock } from '../ports.ts';
import { readBytes, readChunks, readStart, toText, unpacked } from './body.ts';
import type { Connection, HttpRequest, Sent } from './httpConnection.ts';
import { HttpError, toHttpError } from './httpError.ts';

export interface ExchangeOptions {
  connection: Connection;
  request: HttpRequest;
  signal: AbortSignal;
  /** Of the whole exchange, its body included. Without one the signal alone ends it. */
  limit?: { clock: Clock; ms: number };
}

/**
 * One request and its reply: `read` takes what it wants of the reply, and then the exchange is over. Whatever the status
 * is, it is a reply; a redirect is not followed. Rejects with the signal's reason, with HttpError, and with bugs.
 */
export async function exchange<T>(options: ExchangeOptions, read: (reply: Reply) => Promise<T>): Promise<T> {
  const reply = await openReply(options);
  try {
    return await read(reply);
  } finally {
    reply.close();
  }
}

/** The same for whoever reads the body bit by bit; the reply must be closed. */
export async function openReply({ connection, request, signal, limit }: ExchangeOptions): Promise<Reply> {
  signal.throwIfAborted();
  const lifetime = new Lifetime();
  try {
    const sent = connection.send(request);
    lifetime.begin(sent, signal, limit);
    return new Reply(await sent.response, lifetime);
  } catch (error) {
    lifetime.end();
    throw lifetime.reasonFor(error);
  }
}

/** A reply whose head has come. Its body is read once, in one of the ways; each rejects as `exchange` does. */
export class Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #incoming: IncomingMessage;
  readonly #lifetime: Lifetime;

  constructor(incoming: IncomingMessage, lifetime: Lifetime) {
    this.status = incoming.statusCode ?? 0;
    this.headers = incoming.headers;
    this.#incoming = incoming;
    this.#lifetime = lifetime;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** In lower case, with its parameters; empty where the server names none. */
  get contentType(): string {
    return (this.headers['content-type'] ?? '').toLowerCase();
  }

  get isEventStream(): boolean {
    return /^text\/event-stream\b/.test(this.contentType);
  }

  /** The decompressed body, of at most `maxBytes`. */
  bytes(maxBytes: number): Promise<Buffer> {
    return this.#reading(() => readBytes(unpacked(this.#incoming, maxBytes), maxBytes));
  }

  /** The same as text, which must be UTF-8. */
  text(maxBytes: number): Promise<string> {
    return this.#reading(async () => toText(await readBytes(unpacked(this.#incoming, maxBytes), maxBytes)));
  }

  /** What is beyond `maxBytes` is left unread. */
  start(maxBytes: number): Promise<Buffer> {
    return this.#reading(() => readStart(unpacked(this.#incoming, Number.POSITIVE_INFINITY), maxBytes));
  }

  /** The decompressed body as it comes. */
  async *chunks(maxBytes: number): AsyncGenerator<Uint8Array> {
    try {
      yield* readChunks(unpacked(this.#incoming, maxBytes), maxBytes);
    } catch (error) {
      throw this.#lifetime.reasonFor(error);
    }
  }

  /** What has not been read is nobody's business. A connection on which nothing more comes is left to the next request. */
  close(): void {
    this.#lifetime.end();
    if (this.#incoming.complete) this.#incoming.resume();
    else this.#lifetime.cancel();
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.#lifetime.reasonFor(error);
    }
  }
}

/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;

/** What may end an exchange from outside: the caller's signal, and the time limit. */
class Lifetime {
  #stopped: { reason: unknown } | undefined;
  #sent: Sent | undefined;
  #signal: AbortSignal | undefined;
  #timer: AbortController | undefined;

  begin(sent: Sent, signal: AbortSignal, limit: { clock: Clock; ms: number } | undefined): void {
    this.#sent = sent;
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort, { once: true });
    if (limit) this.#startTimer(limit);
  }

  /** Nothing from outside counts any more. */
  end(): void {
    // A reason of our own spares the building of an exception, with its stack, for every call.
    this.#timer?.abort('done');
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  cancel(): void {
    this.#sent?.cancel();
  }

  /** Why the exchange failed: what stopped it, else the error. */
  reasonFor(error: unknown): unknown {
    return this.#stopped ? this.#stopped.reason : toHttpError(error);
  }

  readonly #abort = (): void => this.#stop(this.#signal?.reason);

  #startTimer({ clock, ms }: { clock: Clock; ms: number }): void {
    this.#timer = new AbortController();
    clock.sleep(Math.min(ms, LONGEST_MS), this.#timer.signal).then(
      () => this.#stop(new HttpError({ kind: 'timeout', limitMs: ms }, `no whole reply within ${ms} ms`)),
      () => {},
    );
  }

  #stop(reason: unknown): void {
    this.#stopped ??= { reason };
    this.cancel();
  }
}
