import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What is done with a reply, one after the other. */
export type UpstreamStep =
  /** Bytes of the body; with `pieceBytes` in pieces of so many, `everyMs` between two. */
  | { write: string | Uint8Array; pieceBytes?: number; everyMs?: number }
  /** Bytes on the socket itself, whatever HTTP says. */
  | { raw: string | Uint8Array }
  | { pauseMs: number }
  | { until: Promise<unknown> }
  /** The connection breaks off. Where no step ends the reply it ends as it should. */
  | 'cut'
  /** Nothing more comes, and the connection stays. */
  | 'hang';

export type UpstreamReply =
  | {
      status?: number;
      /** Default: an event stream where the request asks for one, else JSON. */
      headers?: OutgoingHttpHeaders;
      /** A text is the whole body. */
      body?: string | Uint8Array | UpstreamStep[];
    }
  /** The connection is closed, or kept, without a head. */
  | 'destroy'
  | 'hang';

export interface UpstreamRequest {
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  bytes: Buffer;
  /** Of the body; undefined where it is not JSON. */
  json: { [key: string]: unknown } | undefined;
}

export type UpstreamScript = (
  request: UpstreamRequest,
  index: number,
) => UpstreamReply | Promise<UpstreamReply>;

export interface ScriptedUpstream {
  /** Without a path. */
  readonly origin: string;
  /** `origin` with `/v1`. */
  readonly baseUrl: string;
  readonly requests: UpstreamRequest[];
  /** Connections that are open now. */
  readonly connections: () => Promise<number>;
  /** Requests whose client has gone before the reply was whole. */
  readonly abandoned: UpstreamRequest[];
  /** Resolves with the first of `abandoned`. */
  readonly left: Promise<UpstreamRequest>;
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/** An HTTP server on 127.0.0.1 that answers any request as scripted, byte for byte and at any pace. */
export async function startScriptedUpstream(script: UpstreamScript): Promise<ScriptedUpstream> {
  const requests: UpstreamRequest[] = [];
  const abandoned: UpstreamRequest[] = [];
  const left = Promise.withResolvers<UpstreamRequest>();
  const watchers: { count: number; resolve: () => void }[] = [];
  const closing = new AbortController();

  const server = createServer(async (incoming, outgoing) => {
    outgoing.on('error', () => {});
    const request = await record(incoming).catch(() => undefined);
    if (request === undefined) return void outgoing.destroy();

    outgoing.on('close', () => {
      if (outgoing.writableFinished || closing.signal.aborted) return;
      abandoned.push(request);
      left.resolve(request);
    });
    requests.push(request);
    for (const { count, resolve } of watchers) if (requests.length >= count) resolve();

    const reply = await script(request, requests.length - 1);
    await answer(reply, request, outgoing, closing.signal).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  return {
    origin,
    baseUrl: `${origin}/v1`,
    requests,
    abandoned,
    left: left.promise,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => watchers.push({ count, resolve })),
    close: () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function record(incoming: IncomingMessage): Promise<UpstreamRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);

  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    bytes,
    json: parsed(bytes),
  };
}

function parsed(bytes: Buffer): { [key: string]: unknown } | undefined {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function answer(
  reply: UpstreamReply,
  request: UpstreamRequest,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (reply === 'hang') return;
  if (reply === 'destroy') return void outgoing.destroy();

  const { status = 200, headers, body = [] } = reply;
  const type = request.json?.['stream'] === true ? 'text/event-stream; charset=utf-8' : 'application/json';
  outgoing.writeHead(status, headers ?? { 'content-type': type });
  if (!Array.isArray(body)) return void outgoing.end(body);

  outgoing.flushHeaders();
  for (const step of body) {
    if (outgoing.destroyed || step === 'hang') return;
    if (step === 'cut') return void outgoing.destroy();
    await take(step, outgoing, signal);
  }
  outgoing.end();
}

async function take(
  step: Exclude<UpstreamStep, string>,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if ('pauseMs' in step) return void (await wait(step.pauseMs, undefined, { signal }));
  if ('until' in step) return void (await step.until);
  if ('raw' in step) return void (await sent((done) => outgoing.socket?.write(step.raw, done)));

  const bytes = Buffer.from(step.write);
  const { pieceBytes = bytes.length, everyMs = 0 } = step;
  for (let at = 0; at < bytes.length && !outgoing.destroyed; at += pieceBytes) {
    if (at > 0 && everyMs > 0) await wait(everyMs, undefined, { signal });
    await sent((done) => outgoing.write(bytes.subarray(at, at + pieceBytes), done));
  }
}

/** One piece after the other has left before the next begins: they arrive apart, or nearly always so. */
function sent(write: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => write(() => resolve()));
}
