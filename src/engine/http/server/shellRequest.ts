import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { BodyRoom } from './bodyPool.ts';
import type { Departure } from './departure.ts';
import type { ServerLimits } from './serverLimits.ts';
import { readSentBody, type ServerRequest, unpackBody } from './serverRequest.ts';

interface Asked {
  path: string;
  target: string;
  search: string;
  limits: ServerLimits;
  room: BodyRoom;
  client: Departure;
  closing: AbortSignal;
  /** The client waits to be told to send its body. */
  expects: boolean;
}

/**
 * A request that was admitted. A class: V8 keeps what the getters of an object literal refer to until it collects the whole heap,
 * which doubled the time that collections took.
 */
export class ShellRequest implements ServerRequest {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #asked: Asked;
  #sent: Promise<Buffer> | undefined;
  #signal: AbortSignal | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, asked: Asked) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#asked = asked;
  }

  get method(): string {
    return this.#incoming.method ?? '';
  }

  get path(): string {
    return this.#asked.path;
  }

  get target(): string {
    return this.#asked.target;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#asked.search);
  }

  get headers(): IncomingHttpHeaders {
    return this.#incoming.headers;
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.any([this.#asked.client.signal, this.#asked.closing]);
    return this.#signal;
  }

  sent(): Promise<Buffer> {
    const { expects, limits, room } = this.#asked;
    if (expects && !this.#sent) this.#outgoing.writeContinue();
    this.#sent ??= readSentBody(this.#incoming, limits.bodyBytes, room);
    return this.#sent;
  }

  async body(): Promise<Buffer> {
    const { limits, room } = this.#asked;
    return unpackBody(await this.sent(), this.#incoming, { maxBytes: limits.bodyBytes, room });
  }
}
