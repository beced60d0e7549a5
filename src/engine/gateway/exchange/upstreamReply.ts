import type { IncomingMessage } from 'node:http';
import type { Connection, HttpRequest, Sent } from '../../http/httpConnection.ts';
import { CUT_SHORT, HttpError, toHttpError } from '../../http/httpError.ts';
import type { ReplyTap } from '../apis/replyTap.ts';
import type { ReplyHead } from './client.ts';

/** What came of asking an upstream, before any of it was handed on. */
export type Opened =
  /** The first content is there, and all before it. */
  | { kind: 'content' }
  /** A whole reply that refuses, with its body. */
  | { kind: 'refusal'; status: number; body: Buffer }
  /** An error in a reply of status 200. */
  | { kind: 'error' }
  | { kind: 'empty' }
  /** It broke off. */
  | { kind: 'cut'; reason: string }
  | { kind: 'silent' }
  | { kind: 'fault'; error: HttpError };

/** Hears of a reply that is handed on. */
export interface ReplySink {
  /** What the client gets of it. */
  bytes(bytes: Uint8Array): void;
  /** The upstream has ended the reply by itself. */
  ended(): void;
  broken(reason: unknown): void;
}

/** Before the first content, so much is held at most: what is longer is handed on. */
const MOST_HELD = 1024 * 1024;

interface ReplyOptions {
  connection: Connection;
  request: HttpRequest;
  /** Ends it, at any time. */
  signal: AbortSignal;
  monotonic(): number;
  /** An empty success is none. */
  mustHaveContent: boolean;
  openTap(incoming: IncomingMessage): ReplyTap;
}

/**
 * One request to an upstream and its reply. Events in place of iterators: this stands between every two chunks. Whatever
 * happens is told once.
 */
export class UpstreamReply {
  readonly #options: ReplyOptions;
  readonly #sent: Sent;
  readonly #opened = Promise.withResolvers<Opened>();
  #incoming: IncomingMessage | undefined;
  #tap: ReplyTap | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isOpened = false;
  #end: { ended: true } | { broken: unknown } | undefined;
  #sink: ReplySink | undefined;
  #isPaused = false;
  #lastAt: number;
  #silentMs = 0;

  /** Sends the request. */
  constructor(options: ReplyOptions) {
    this.#options = options;
    this.#lastAt = options.monotonic();
    options.signal.addEventListener('abort', this.#abort, { once: true });
    this.#sent = options.connection.send(options.request);
    this.#sent.response.then(
      (incoming) => this.#begin(incoming),
      (error: unknown) => this.#fail(error),
    );
  }

  /** Resolves once it is known whether something is to be handed on. Rejects with the signal's reason, and with bugs. */
  get opened(): Promise<Opened> {
    return this.#opened.promise;
  }

  get incoming(): IncomingMessage | undefined {
    return this.#incoming;
  }

  get head(): ReplyHead {
    const { statusCode = 0, statusMessage = '', rawHeaders = [] } = this.#incoming ?? {};
    return { status: statusCode, statusText: statusMessage, rawHeaders };
  }

  get tap(): ReplyTap | undefined {
    return this.#tap;
  }

  /** The longest time in which nothing came although it was waited for. */
  get silentMs(): number {
    return Math.max(
      this.#silentMs,
      this.#isPaused || this.#end ? 0 : this.#options.monotonic() - this.#lastAt,
    );
  }

  /** When something last came; undefined while nothing is asked for. */
  get lastAt(): number | undefined {
    return this.#isPaused ? undefined : this.#lastAt;
  }

  /** Everything goes there, what was held first. */
  relay(sink: ReplySink): void {
    for (const bytes of this.#held.splice(0)) sink.bytes(bytes);
    this.#sink = sink;
    if (this.#end) this.#tell(this.#end);
  }

  /** The client is slow: nothing more is read until `resume`. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#incoming?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#lastAt = this.#options.monotonic();
    this.#incoming?.resume();
  }

  /** Nothing came for too long. */
  timeOut(reason: unknown): void {
    if (this.#isOpened) this.#break(reason);
    else this.#open({ kind: 'silent' });
    this.#sent.cancel();
  }

  /** Nothing more of it is wanted. A connection on which nothing more comes is left to the next request. */
  close(): void {
    this.#options.signal.removeEventListener('abort', this.#abort);
    const incoming = this.#incoming;
    if (this.#end !== undefined && incoming?.complete === true) return void incoming.resume();
    this.#end ??= { broken: undefined };
    this.#sent.cancel();
  }

  readonly #abort = (): void => {
    const { reason } = this.#options.signal;
    if (this.#isOpened) this.#break(reason);
    else {
      this.#isOpened = true;
      this.#end ??= { broken: reason };
      this.#opened.reject(reason);
    }
    this.#sent.cancel();
  };

  #begin(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    this.#heard();
    // Each of them may come after the reply was given up.
    incoming.on('error', (error) => this.#fail(error));
    incoming.once('close', () => {
      if (!incoming.complete) this.#fail(new HttpError({ kind: 'network', code: 'ECONNRESET' }, CUT_SHORT));
    });
    if (this.#end) return;

    this.#tap = this.#options.openTap(incoming);
    incoming.on('data', (chunk: Buffer) => this.#take(chunk));
    incoming.once('end', () => this.#finish());
  }

  #take(chunk: Buffer): void {
    this.#heard();
    const tap = this.#tap;
    if (this.#end || !tap) return;

    const passed = this.#isRefusal ? chunk : tap.push(chunk);
    if (passed.length > 0) this.#pass(passed);
    if (this.#isOpened) return;

    if (tap.error !== undefined && !tap.hasContent) this.#open({ kind: 'error' });
    else if (this.#heldBytes > MOST_HELD) this.#open({ kind: 'content' });
    else if (tap.hasContent && !this.#isRefusal) this.#open({ kind: 'content' });
  }

  #finish(): void {
    // Node takes a body for ended that was cut on a connection which then closes.
    if (this.#end || this.#incoming?.complete === false) return;
    const rest = this.#isRefusal ? NOTHING : (this.#tap?.end() ?? NOTHING);
    if (rest.length > 0) this.#pass(rest);

    if (!this.#isOpened) this.#open(this.#whole());
    this.#end = { ended: true };
    this.#options.signal.removeEventListener('abort', this.#abort);
    if (this.#sink) this.#tell(this.#end);
  }

  /** What a reply is that ended before its first content. */
  #whole(): Opened {
    const { statusCode: status = 0 } = this.#incoming ?? {};
    const tap = this.#tap;
    if (this.#isRefusal) return { kind: 'refusal', status, body: Buffer.concat(this.#held) };
    if (tap?.error !== undefined) return { kind: 'error' };
    if (!this.#options.mustHaveContent || tap?.hasContent || status !== 200) return { kind: 'content' };
    // A model may have nothing to say, and say so.
    if (tap?.isWhole && tap.summary().finishReasons.length > 0) return { kind: 'content' };
    if (this.#heldBytes === 0 || tap?.isWhole) return { kind: 'empty' };
    return { kind: 'cut', reason: 'it ended before it was whole' };
  }

  get #isRefusal(): boolean {
    return (this.#incoming?.statusCode ?? 0) >= 400;
  }

  #pass(bytes: Uint8Array): void {
    if (this.#sink) this.#sink.bytes(bytes);
    else this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #open(opened: Opened): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    this.#opened.resolve(opened);
  }

  #fail(error: unknown): void {
    if (this.#end) return;
    const known = toHttpError(error);
    if (this.#isOpened) {
      this.#break(known);
      return;
    }

    if (!(known instanceof HttpError)) {
      this.#isOpened = true;
      this.#end = { broken: known };
      this.#opened.reject(known);
    } else if (this.#incoming) this.#open({ kind: 'cut', reason: known.message });
    else this.#open({ kind: 'fault', error: known });
    this.#end ??= { broken: known };
  }

  #break(reason: unknown): void {
    if (this.#end) return;
    this.#end = { broken: reason };
    if (this.#sink) this.#tell(this.#end);
  }

  #tell(end: { ended: true } | { broken: unknown }): void {
    if ('ended' in end) this.#sink?.ended();
    else this.#sink?.broken(end.broken);
  }

  #heard(): void {
    const now = this.#options.monotonic();
    this.#silentMs = Math.max(this.#silentMs, now - this.#lastAt);
    this.#lastAt = now;
  }
}

const NOTHING = new Uint8Array(0);
