import type { buildConnector as Connect, Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { HttpRequest } from './httpConnection.ts';
import { CUT_SHORT, HttpError, toHttpError } from './httpError.ts';
import { withoutInterim } from './interimReplies.ts';
import { headersOf } from './rawHeaders.ts';
import type { Wire, WireEvents } from './wire.ts';

/** Servers close idle connections; one that has not been used for so long is not used again. */
const IDLE_MS = 4_000;
/** Idle connections to a server beyond these are closed. */
const MOST_IDLE = 256;

/** One connection to a server, which takes one request at a time and is opened when one comes. */
interface Line {
  client: Client;
  /** A reply has come over it since it was opened: the server may have given it up meanwhile. */
  isUsed: boolean;
  /** Nothing of the reply to its request has come. */
  awaitsHead: boolean;
}

/**
 * Connections to one origin, the one that was used last first. By undici's client, which takes less than half of the processor time
 * of `node:http`: with a gateway, that decides how many requests get through. It decompresses nothing, follows no redirect, and has no
 * time limits of its own; a request that met a connection which the server had just given up is sent again.
 */
export class Lines {
  readonly #origin: string;
  readonly #idle: Line[] = [];
  readonly #all = new Set<Line>();
  readonly #connect: Connect.connector = buildConnector({ timeout: 0 });

  constructor(origin: string) {
    this.#origin = origin;
  }

  send(request: HttpRequest, events: WireEvents): Wire {
    return new LineWire(request, events, this);
  }

  take(): Line {
    const idle = this.#idle.pop();
    if (idle) return idle;

    const client = new Client(this.#origin, {
      ...{ headersTimeout: 0, bodyTimeout: 0 },
      ...{ keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS },
      connect: (options, done) =>
        this.#connect(options, (...connected) => {
          const [, socket] = connected;
          if (socket) withoutInterim(socket, () => line.awaitsHead);
          done(...connected);
        }),
    });
    const line: Line = { client, isUsed: false, awaitsHead: false };
    this.#all.add(line);
    client.on('disconnect', () => {
      line.isUsed = false;
      const at = this.#idle.indexOf(line);
      if (at >= 0) this.#idle.splice(at, 1);
      if (at >= 0) this.drop(line);
    });
    return line;
  }

  give(line: Line): void {
    if (this.#idle.length < MOST_IDLE) this.#idle.push(line);
    else this.drop(line);
  }

  drop(line: Line): void {
    if (this.#all.delete(line)) line.client.destroy(null, () => {});
  }

  /** Ends the idle connections, and those that are in use. */
  close(): void {
    this.#idle.length = 0;
    for (const line of [...this.#all]) this.drop(line);
  }
}

/** One request over a line, as undici tells of it. */
class LineWire implements Wire, Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #events: WireEvents;
  readonly #lines: Lines;
  #line: Line;
  #abort: ((reason: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  #isPaused = false;
  /** The head of its reply has come. */
  #isBegun = false;
  #isOver = false;
  #isSending = true;

  constructor(request: HttpRequest, events: WireEvents, lines: Lines) {
    this.#request = request;
    this.#events = events;
    this.#lines = lines;
    this.#line = lines.take();
    this.#dispatch();
    this.#isSending = false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#resume?.();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#abort?.(CANCELLED);
    // Also where it is still being opened.
    this.#lines.drop(this.#line);
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    if (this.#isOver) abort(CANCELLED);
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.#line.awaitsHead = false;
    if (this.#isOver) return true;
    this.#isBegun = true;
    this.#line.isUsed = true;
    this.#resume = resume;
    const rawHeaders = textsOf(raw);
    this.#events.begun({ status, statusText, rawHeaders, headers: headersOf(rawHeaders) });
    return !this.#isPaused;
  }

  onData(chunk: Buffer): boolean {
    if (!this.#isOver) this.#events.bytes(chunk);
    return !this.#isPaused;
  }

  onComplete(raw: string[] | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lines.give(this.#line);
    this.#events.ended(raw && raw.length > 0 ? textsOf(raw) : NONE);
  }

  onError(error: Error): void {
    if (this.#isOver) return;
    const wasUsed = this.#line.isUsed;
    this.#lines.drop(this.#line);
    if (!this.#isBegun && wasUsed && isClosed(error)) {
      this.#line = this.#lines.take();
      this.#dispatch();
      return;
    }

    this.#isOver = true;
    const known = this.#isBegun ? new HttpError(RESET, CUT_SHORT) : faultOf(error);
    if (this.#isSending) queueMicrotask(() => this.#events.failed(known));
    else this.#events.failed(known);
  }

  #dispatch(): void {
    const { url, method, headers, body } = this.#request;
    const options = { path: `${url.pathname}${url.search}`, method, headers, body };
    this.#line.awaitsHead = true;
    this.#line.client.dispatch(options as Dispatcher.DispatchOptions, this);
  }
}

const CANCELLED = new Error('cancelled');
const NONE: readonly string[] = [];
const RESET = { kind: 'network', code: 'ECONNRESET' } as const;

function textsOf(raw: readonly (Buffer | string)[]): string[] {
  return raw.map((text) => (typeof text === 'string' ? text : text.toString('latin1')));
}

/** The server has closed it, and nothing of a reply had come. */
function isClosed(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** In the words of the system. What is neither of it nor of undici is a bug. */
function faultOf(error: Error): HttpError | Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === 'UND_ERR_SOCKET') return new HttpError(RESET, 'the connection was closed before a reply came');
  if (code === 'UND_ERR_INVALID_ARG') return new HttpError({ kind: 'unsendable' }, error.message);
  if (error.name === 'HTTPParserError')
    return new HttpError({ kind: 'network', code: code ?? 'HPE_INVALID' }, error.message);

  const known = toHttpError(error);
  return known instanceof Error ? known : error;
}
