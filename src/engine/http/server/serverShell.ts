import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../ports.ts';
import {
  type AdmissionRules,
  checkContentType,
  checkSender,
  checkToken,
  checkTokenOrKey,
  checkUpgrade,
} from './admission.ts';
import { BodyPool } from './bodyPool.ts';
import { Departure } from './departure.ts';
import { HttpProblem } from './httpProblem.ts';
import { listen } from './listen.ts';
import { plainRefusal, sendProblem, sendReply } from './sendReply.ts';
import { DEFAULT_LIMITS, type ServerLimits } from './serverLimits.ts';
import type { ServerReply, ServerRequest, WholeReply } from './serverRequest.ts';
import { ShellRequest } from './shellRequest.ts';

// An import would load more than is needed, see httpConnection.ts.
const http = process.getBuiltinModule('node:http');

/** What is served at one path. */
export interface Route {
  method: 'GET' | 'POST';
  path: string;
  /** `open` only for what neither spends, steers nor reads back. */
  access: 'token' | 'open';
  handle(request: ServerRequest): Promise<ServerReply> | ServerReply;
  /** How a refusal is said where those who ask at this path expect another form than plain JSON. */
  refuse?(problem: HttpProblem, contentType: string | undefined): WholeReply;
}

/** Every path below one that has no route of its own, by any method. Needs the token, also from `x-api-key`. */
export interface PrefixRoute {
  /** Begins and ends with a slash. */
  prefix: string;
  /** Writes the reply itself: nothing is added to its head. Where it rejects before it has begun one, a refusal is sent. */
  answer(request: ServerRequest, outgoing: ServerResponse): Promise<void>;
  refuse(problem: HttpProblem, path: string): WholeReply;
}

export interface ServerOptions extends Partial<AdmissionRules> {
  /** For messages, e.g. `the OTLP receiver`. */
  name: string;
  /** 0 takes any that is free. */
  port: number;
  /** An address beside 127.0.0.1 is for a person to choose, never for the workspace. */
  exposeOn?: string;
  token: string;
  routes: readonly (Route | PrefixRoute)[];
  limits?: Partial<ServerLimits>;
  clock: Clock;
  /** Hears of a bug in a route; the client is told no more than that there was one. */
  onBug(error: unknown): void;
}

export interface LocalServer {
  readonly address: string;
  readonly port: number;
  /** Takes no more connections, and waits for the requests under way; after `graceMs` they are cut. */
  close(graceMs: number): Promise<void>;
}

/** A small HTTP server of this machine. Rejects with ServerError where it cannot listen. */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const closing = new AbortController();
  const bodies = new BodyPool(limits.allBodiesBytes);
  const server = createServer(limits);
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse, expects: boolean) =>
    respond(incoming, outgoing, { options, limits, bodies, closing: closing.signal, expects });
  server.on('request', (incoming, outgoing) => void serve(incoming, outgoing, false));
  // The body is asked for only once the head has been found right.
  server.on('checkContinue', (incoming, outgoing) => void serve(incoming, outgoing, true));
  server.on('clientError', (error, socket) => refuseUnreadable(error, socket as Socket));

  await listen(server, { name: options.name, port: options.port, host: options.exposeOn ?? '127.0.0.1' });
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    close: (graceMs) => close(server, closing, { clock: options.clock, graceMs }),
  };
}

function createServer(limits: ServerLimits): Server {
  const server = http.createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerMs,
    requestTimeout: Math.max(limits.headerMs, limits.bodyMs),
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(limits.headerMs / 4)),
  });
  server.maxConnections = limits.connections;
  return server;
}

interface Serving {
  options: ServerOptions;
  limits: ServerLimits;
  bodies: BodyPool;
  closing: AbortSignal;
  /** The client waits to be told to send its body. */
  expects: boolean;
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, serving: Serving): Promise<void> {
  const client = new Departure(outgoing);
  const room = serving.bodies.open();

  try {
    const { route, ...asked } = admit(incoming, serving.options);
    const request = new ShellRequest(incoming, outgoing, { ...serving, ...asked, client, room });

    if ('prefix' in route) await route.answer(request, outgoing);
    else await sendReply(outgoing, await route.handle(request), request.signal);
  } catch (error) {
    const left = client.isGone || serving.closing.aborted;
    if (!(error instanceof HttpProblem) && !left) serving.options.onBug(error);
    sendProblem(incoming, outgoing, refusalOf(error, incoming, serving.options.routes));
  } finally {
    room.giveBack();
  }
}

function refusalOf(
  error: unknown,
  incoming: IncomingMessage,
  routes: readonly (Route | PrefixRoute)[],
): WholeReply {
  const problem = error instanceof HttpProblem ? error : new HttpProblem(500, 'something went wrong here');
  const { path } = targetOf(incoming);
  const [route] = routesAt(path, routes);
  if (route && 'prefix' in route) return route.refuse(problem, path);
  return route?.refuse?.(problem, incoming.headers['content-type']) ?? plainRefusal(problem);
}

/** Those of exactly this path, else what is served below a part of it. */
function routesAt(path: string, routes: readonly (Route | PrefixRoute)[]): (Route | PrefixRoute)[] {
  const exact = routes.filter((route) => 'path' in route && route.path === path);
  if (exact.length > 0) return exact;
  return routes.filter((route) => 'prefix' in route && path.startsWith(route.prefix));
}

/** A client that takes this for a proxy sends a whole address, whose host counts instead of the header (RFC 9112, 3.2.2). */
function targetOf({ url = '' }: IncomingMessage): { host: string | undefined; path: string; search: string } {
  const [, host, path = '', search = ''] = /^(?:http:\/\/([^/?#]*))?(\/[^?#]*)(\?[^#]*)?$/i.exec(url) ?? [];
  return { host, path, search };
}

/** Decides by the head alone. Throws HttpProblem. */
function admit(incoming: IncomingMessage, options: ServerOptions) {
  const { allowedHosts = [], allowedOrigins = [], token } = options;
  const { host, path, search } = targetOf(incoming);
  checkSender(incoming, host, { allowedHosts, allowedOrigins, token });
  checkUpgrade(incoming);

  const there = routesAt(path, options.routes);
  const route = there.find((one) => 'prefix' in one || one.method === incoming.method);
  if (there.length === 0) throw new HttpProblem(404, 'nothing is served at this path');
  if (!route) {
    const allow = there.flatMap((one) => ('method' in one ? [one.method] : [])).join(', ');
    throw new HttpProblem(405, `this path takes ${allow}`, { allow });
  }

  // Whoever answers it shows the whole request, with what was added to it.
  if (incoming.method === 'TRACE') throw new HttpProblem(405, 'this method is not served here');
  if ('prefix' in route) checkTokenOrKey(incoming, token);
  else if (route.access === 'token') checkToken(incoming, token);
  else if (route.method === 'POST') checkContentType(incoming);

  return { route, path, target: `${path}${search}`, search };
}

/** Too long, too slow, or no HTTP: there is no request to answer. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, message] = UNREADABLE[error.code ?? ''] ?? [400, 'the request cannot be read'];
  const body = JSON.stringify({ error: { message } });
  const head = `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy());
}

const UNREADABLE: { readonly [code: string]: readonly [status: number, message: string] } = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request took too long'],
};

async function close(
  server: Server,
  closing: AbortController,
  { clock, graceMs }: { clock: Clock; graceMs: number },
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();

  const done = new AbortController();
  const cut = clock.sleep(graceMs, done.signal).then(
    () => {
      closing.abort(new Error('the server is closing'));
      server.closeAllConnections();
    },
    () => {},
  );
  await closed;
  done.abort('done');
  await cut;
}
