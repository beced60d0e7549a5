// One Node proxy before the provider at argv[3], as a process of its own: sends its address to the parent and ends with it. argv[2] is
// `http-proxy`, `fastify` (@fastify/http-proxy), or either with `+body`: it reads the request's body and the reply's, as a gateway
// must that knows models and tokens.
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';

const [, , kind = '', upstream = ''] = process.argv;
const load = createRequire(path.join(import.meta.dirname, '../../../.peers/gateway/package.json'));

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function httpProxy(readsBodies: boolean): void {
  const { Agent } = load('node:http');
  const agent = new Agent({ keepAlive: true });
  const proxy = load('http-proxy').createProxyServer({
    target: upstream,
    agent,
    selfHandleResponse: readsBodies,
  });
  proxy.on(
    'proxyRes',
    async (reply: IncomingMessage, _request: unknown, outgoing: import('node:http').ServerResponse) => {
      if (!readsBodies) return;
      const body = await bytesOf(reply);
      JSON.parse(body.toString());
      outgoing.writeHead(reply.statusCode ?? 0, reply.headers);
      outgoing.end(body);
    },
  );
  const server = createServer(async (incoming, outgoing) => {
    if (!readsBodies) return proxy.web(incoming, outgoing);
    const body = await bytesOf(incoming);
    JSON.parse(body.toString());
    proxy.web(incoming, outgoing, { buffer: Readable.from([body]) });
  });
  server.listen(0, '127.0.0.1', () => tell((server.address() as AddressInfo).port));
}

async function fastifyProxy(readsBodies: boolean): Promise<void> {
  const server = load('fastify')();
  const onResponse = async (_request: unknown, reply: { send(body: Buffer): void }, answer: Answer) => {
    const body = await bytesOf(answer.stream ?? answer);
    JSON.parse(body.toString());
    reply.send(body);
  };
  server.register(load('@fastify/http-proxy'), {
    upstream,
    // Bodies of requests are parsed, and written anew.
    ...(readsBodies ? { proxyPayloads: false, replyOptions: { onResponse } } : {}),
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  tell((server.server.address() as AddressInfo).port);
}

type Answer = Readable & { stream?: Readable };

function tell(port: number): void {
  process.send?.(`http://127.0.0.1:${port}`);
}

if (kind.startsWith('http-proxy')) httpProxy(kind.endsWith('+body'));
else await fastifyProxy(kind.endsWith('+body'));
process.on('disconnect', () => process.exit(0));
