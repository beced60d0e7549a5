// One Node proxy before the provider at argv[3], as a process of its own: sends its address to the parent and ends with it. argv[2] is
// `http-proxy`, `fastify` (@fastify/http-proxy), or either with `+body`: it reads the request's body and the reply's, as a gateway
// must that knows models and tokens. With `+traces` it also sends spans of them to the receiver at argv[4], as the gateway keeps them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { openPeerTracing, type TracedCall } from './peerTracing.ts';

const [, , kind = '', upstream = '', receiver = ''] = process.argv;
const load = createRequire(path.join(import.meta.dirname, '../../../.peers/gateway/package.json'));
const readsBodies = kind.includes('+');
const tracing = kind.endsWith('+traces') ? openPeerTracing(load, receiver, upstream) : undefined;

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Without traces it is only read. */
function finish(call: TracedCall | undefined, status: number, type: string | undefined, body: Buffer): void {
  if (call) call.end(status, type, body);
  else JSON.parse(body.toString());
}

function httpProxy(): void {
  const { Agent } = load('node:http');
  const agent = new Agent({ keepAlive: true });
  const calls = new WeakMap<object, TracedCall>();
  const proxy = load('http-proxy').createProxyServer({
    target: upstream,
    agent,
    selfHandleResponse: readsBodies,
  });
  proxy.on(
    'proxyRes',
    async (reply: IncomingMessage, incoming: IncomingMessage, outgoing: ServerResponse) => {
      if (!readsBodies) return;
      const body = await bytesOf(reply);
      outgoing.writeHead(reply.statusCode ?? 0, reply.headers);
      outgoing.end(body);
      finish(calls.get(incoming), reply.statusCode ?? 0, reply.headers['content-type'], body);
    },
  );
  const server = createServer(async (incoming, outgoing) => {
    if (!readsBodies) return proxy.web(incoming, outgoing);
    const body = await bytesOf(incoming);
    const call = tracing?.begin(incoming.headers, incoming.url ?? '', JSON.parse(body.toString()));
    if (call) calls.set(incoming, call);
    else JSON.parse(body.toString());
    proxy.web(incoming, outgoing, {
      buffer: Readable.from([body]),
      headers: call ? { traceparent: call.traceparent } : {},
    });
  });
  server.listen(0, '127.0.0.1', () => tell((server.address() as AddressInfo).port));
}

type Answer = Readable & { stream?: Readable; statusCode?: number; headers?: IncomingMessage['headers'] };
type Asked = IncomingMessage & { body: Parameters<NonNullable<typeof tracing>['begin']>[2] };
type Outgoing = { send(body: Buffer): void; statusCode: number; getHeader(name: string): unknown };

async function fastifyProxy(): Promise<void> {
  const server = load('fastify')();
  const calls = new WeakMap<object, TracedCall>();
  const replyOptions = {
    // `Asked` is Fastify's own view of a request, the same in all hooks.
    rewriteRequestHeaders: (asked: Asked, headers: object) => {
      const call = tracing?.begin(asked.headers, asked.url ?? '', asked.body);
      if (!call) return headers;
      calls.set(asked, call);
      return { ...headers, traceparent: call.traceparent };
    },
    onResponse: async (asked: Asked, reply: Outgoing, answer: Answer) => {
      const body = await bytesOf(answer.stream ?? answer);
      reply.send(body);
      finish(calls.get(asked), reply.statusCode, String(reply.getHeader('content-type')), body);
    },
  };
  server.register(load('@fastify/http-proxy'), {
    upstream,
    // Bodies of requests are parsed, and written anew.
    ...(readsBodies ? { proxyPayloads: false, replyOptions } : {}),
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  tell((server.server.address() as AddressInfo).port);
}

function tell(port: number): void {
  process.send?.(`http://127.0.0.1:${port}`);
}

async function end(): Promise<void> {
  await tracing?.close();
  process.exit(0);
}

process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
if (kind.startsWith('http-proxy')) httpProxy();
else await fastifyProxy();
