import type { IncomingHttpHeaders } from 'node:http';
import type { HttpRequest } from '../../http/httpConnection.ts';
import { HttpError } from '../../http/httpError.ts';
import type { ReplyStart, Wire, WireEvents } from '../../http/wire.ts';
import type { Wires } from '../../http/wires.ts';
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
  wires: Wires;
  request: HttpRequest;
  /** Ends it, at any time. */
  signal: AbortSignal;
  monotonic(): number;
  /** An empty success is none. */
  mustHaveContent: boolean;
  openTap(start: ReplyStart): ReplyTap;
}

/**
 * One request to an upstream and its reply. Events in place of iterators: this stands between every two chunks. Whatever
 * happens is told once.
 */
export class UpstreamReply implements WireEvents {
  readonly #options: ReplyOptions;
  readonly #wire: Wire;
  readonly #opened = Promise.withResolvers<Opened>();
  #start: ReplyStart | undefined;
  #trailers: readonly string[] = [];
  #isWhole = false;
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
    this.#wire = options.wires.send(options.request, this);
  }

  /** Resolves once it is known whether something is to be handed on. Rejects with the signal's reason, and with bugs. */
  get opened(): Promise<Opened> {
    return this.#opened.promise;
  }

  /** Undefined where nothing of it has come. */
  get headers(): IncomingHttpHeaders | undefined {
    return this.#start?.headers;
  }

  get head(): ReplyHead {
    return this.#start ?? NO_HEAD;
  }

  /** Names and values in turn; empty until all of it has come. */
  get rawTrailers(): readonly string[] {
    return this.#trailers;
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
    this.#wire.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#lastAt = this.#options.monotonic();
    this.#wire.resume();
  }

  /** Nothing came for too long. */
  timeOut(reason: unknown): void {
    if (this.#isOpened) this.#break(reason);
    else this.#open({ kind: 'silent' });
    this.#wire.cancel();
  }

  /** Nothing more of it is wanted. A connection on which nothing more comes is left to the next request. */
  close(): void {
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#end ??= { broken: undefined };
    if (!this.#isWhole) this.#wire.cancel();
  }

  readonly #abort = (): void => {
    const { reason } = this.#options.signal;
    if (this.#isOpened) this.#break(reason);
    else {
      this.#isOpened = true;
      this.#end ??= { broken: reason };
      this.#opened.reject(reason);
    }
    this.#wire.cancel();
  };

  begun(start: ReplyStart): void {
    this.#start = start;
    this.#heard();
    if (!this.#end) this.#tap = this.#options.openTap(start);
  }

  bytes(chunk: Buffer): void {
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

  ended(rawTrailers: readonly string[]): void {
    this.#isWhole = true;
    this.#trailers = rawTrailers;
    if (this.#end) return;
    const rest = this.#isRefusal ? NOTHING : (this.#tap?.end() ?? NOTHING);
    if (rest.length > 0) this.#pass(rest);

    if (!this.#isOpened) this.#open(this.#whole());
    this.#end = { ended: true };
    this.#options.signal.removeEventListener('abort', this.#abort);
    if (this.#sink) this.#tell(this.#end);
  }

  /** What a reply is that ended before its first content. */
  #whole(): Opened {
    const { status } = this.head;
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
    return this.head.status >= 400;
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

  failed(error: HttpError | Error): void {
    if (this.#end) return;
    if (this.#isOpened) {
      this.#break(error);
      return;
    }

    if (!(error instanceof HttpError)) {
      this.#isOpened = true;
      this.#opened.reject(error);
    } else if (this.#start) this.#open({ kind: 'cut', reason: error.message });
    else this.#open({ kind: 'fault', error });
    this.#end = { broken: error };
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
const NO_HEAD: ReplyHead = { status: 0, statusText: '', rawHeaders: [] };
