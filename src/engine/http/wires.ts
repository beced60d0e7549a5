import { Connection, type HttpRequest, isProxied } from './httpConnection.ts';
import { CUT_SHORT, HttpError, toHttpError } from './httpError.ts';
import { Lines } from './keptLines.ts';
import type { Wire, WireEvents } from './wire.ts';

/**
 * Requests whose replies are passed on as they come, over connections that are kept for the next one to the same origin. Through a
 * proxy that Node was told of (NODE_USE_ENV_PROXY), by Node's own client.
 */
export class Wires {
  readonly #lines = new Map<string, Lines>();
  readonly #proxied = new Connection();

  send(request: HttpRequest, events: WireEvents): Wire {
    if (isProxied(request.url)) return overNode(this.#proxied, request, events);
    return this.#linesTo(request.url.origin).send(request, events);
  }

  /** Ends the idle connections, and those that are in use. */
  close(): void {
    for (const lines of this.#lines.values()) lines.close();
    this.#lines.clear();
    this.#proxied.close();
  }

  #linesTo(origin: string): Lines {
    const known = this.#lines.get(origin);
    if (known) return known;
    const lines = new Lines(origin);
    this.#lines.set(origin, lines);
    return lines;
  }
}

function overNode(connection: Connection, request: HttpRequest, events: WireEvents): Wire {
  const sent = connection.send(request);
  let isOver = false;
  let flow: { pause(): unknown; resume(): unknown } | undefined;
  const fail = (error: unknown) => {
    if (isOver) return;
    isOver = true;
    const known = toHttpError(error);
    events.failed(known instanceof Error ? known : new Error(String(known)));
  };

  sent.response.then((incoming) => {
    flow = incoming;
    incoming.on('error', fail);
    incoming.once('close', () => {
      if (!incoming.complete) fail(new HttpError({ kind: 'network', code: 'ECONNRESET' }, CUT_SHORT));
    });
    if (isOver) return;

    const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders, headers } = incoming;
    events.begun({ status, statusText, rawHeaders, headers });
    incoming.on('data', (chunk: Buffer) => {
      if (!isOver) events.bytes(chunk);
    });
    incoming.once('end', () => {
      // Node takes a body for ended that was cut on a connection which then closes.
      if (isOver || !incoming.complete) return;
      isOver = true;
      events.ended(incoming.rawTrailers);
    });
  }, fail);
  return {
    pause: () => flow?.pause(),
    resume: () => flow?.resume(),
    cancel: () => {
      if (isOver) return;
      isOver = true;
      sent.cancel();
    },
  };
}
