import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import {
  CHAT,
  chatReply,
  chatStream,
  provider,
  route,
  send,
  TOKEN,
} from '../../../support/gateway/testGateway.ts';
import { overSocket, statusOf } from '../../http/server/rawSocket.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const STREAMED = { ...CHAT, stream: true, stream_options: { include_usage: true } };

describe('an exchange', () => {
  const fixture = gatewayFixture();

  /** A server that says these bytes to any request, and closes. */
  async function sayingServer(...said: string[]) {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', () => {
        for (const text of said) socket.write(text);
        socket.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const close = () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    };
    return { port, close };
  }

  async function throughGateway(...said: string[]) {
    const server = await sayingServer(...said);
    try {
      const gateway = await fixture.gateway({
        providers: { openai: provider(`http://127.0.0.1:${server.port}/v1`) },
        config: {
          routes: [
            route({
              limits: {
                firstTokenMs: 3_000,
                idleMs: 3_000,
                wholeMs: 10_000,
                pauseMs: 5_000,
                queueMs: 60_000,
              },
            }),
          ],
        },
      });
      const got = await send(gateway, { body: CHAT });
      const [ended] = await gateway.ended(1);
      assert.deepEqual(gateway.bugs, []);
      return { ...got, text: got.body.toString(), ending: ended?.ending };
    } finally {
      await server.close();
    }
  }

  it('gives the bytes of a reply as they were, with the names of headers as they were', async () => {
    const body = ` ${chatReply('hi')}\n`;
    const headers = {
      'X-Request-Id': 'r1',
      'Content-Type': 'application/json',
      'set-cookie': ['a=1', 'b=2'],
    };
    const { gateway } = await fixture.start(() => ({ body, headers }));
    const got = await send(gateway, { body: CHAT });
    assert.equal(got.status, 200);
    assert.equal(got.body.toString(), body);
    assert.ok(got.rawHeaders.includes('X-Request-Id'));
    assert.deepEqual(got.headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(got.headers['cache-control'], undefined);
    assert.equal(got.headers['x-content-type-options'], undefined);

    const [ended] = await gateway.ended(1);
    assert.equal(ended?.ending, 'done');
    assert.equal(ended?.reply?.body?.toString(), body);
    assert.equal(ended?.reply?.headers['set-cookie'], undefined);
    assert.equal(ended?.summary?.text, 'hi');
  });

  it('gives a stream as it comes, each piece at its time', async () => {
    const more = Promise.withResolvers<void>();
    const [first = '', ...rest] = chatStream('Hel', 'lo').split(/(?<=\n\n)/);
    const { gateway } = await fixture.start(() => ({
      body: [
        { write: first + (rest[0] ?? '') },
        { until: more.promise },
        { write: rest.slice(1).join(''), pieceBytes: 7 },
      ],
    }));
    const got = send(gateway, { body: STREAMED, onBytes: () => more.resolve() });
    assert.equal((await got).body.toString(), chatStream('Hel', 'lo'));
    const [ended] = await gateway.ended(1);
    assert.equal(ended?.ending, 'done');
    assert.ok((ended?.firstContentMs ?? Infinity) <= (ended?.durationMs ?? 0));
  });

  it('asks for usage where the client did not, and takes it out of what the client gets', async () => {
    const usage =
      'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}}\n\n';
    const whole = chatStream('a').replace('data: [DONE]', `${usage}data: [DONE]`);
    const { upstream, gateway } = await fixture.start(() => ({ body: [{ write: whole, pieceBytes: 11 }] }));
    const got = await send(gateway, { body: { ...CHAT, stream: true } });
    assert.equal(got.body.toString(), chatStream('a'));
    assert.deepEqual(upstream.requests[0]?.json?.['stream_options'], { include_usage: true });
    const [ended] = await gateway.ended(1);
    assert.deepEqual(ended?.summary?.usage, { inputTokens: 7, outputTokens: 2 });
  });

  it('passes a packed reply packed, with the headers that say so, and reads a copy', async () => {
    const body = gzipSync(chatReply('packed'));
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip', 'content-length': body.length };
    const { upstream, gateway } = await fixture.start(() => ({ body, headers }));
    const got = await send(gateway, { body: CHAT, headers: { 'accept-encoding': 'gzip' } });
    assert.equal(got.headers['content-encoding'], 'gzip');
    assert.equal(Number(got.headers['content-length']), body.length);
    assert.equal(gunzipSync(got.body).toString(), chatReply('packed'));
    assert.equal((await gateway.ended(1))[0]?.summary?.text, 'packed');
    assert.equal(upstream.requests[0]?.headers['accept-encoding'], 'gzip');
  });

  it('asks for streams, and for whoever packs nothing, without packing', async () => {
    const { upstream, gateway } = await fixture.start(({ json }) =>
      json?.['stream'] ? { body: chatStream('a') } : { body: chatReply('a') },
    );
    await send(gateway, { body: STREAMED, headers: { 'accept-encoding': 'gzip' } });
    await send(gateway, { body: CHAT });
    assert.deepEqual(
      upstream.requests.map(({ headers }) => headers['accept-encoding']),
      ['identity', 'identity'],
    );
  });

  it('passes a packed request on as it is, and unpacks one that is edited', async () => {
    const { upstream, gateway } = await fixture.start(() => ({ body: chatReply('a') }));
    const headers = { 'content-encoding': 'gzip' };
    const packed = gzipSync(JSON.stringify(CHAT));
    await send(gateway, { body: packed, headers });
    await send(gateway, { body: gzipSync(JSON.stringify({ ...CHAT, model: 'openai/gpt-5-mini' })), headers });
    const [first, second] = upstream.requests;
    assert.ok(first?.bytes.equals(packed));
    assert.equal(first?.headers['content-encoding'], 'gzip');
    assert.deepEqual(second?.json, CHAT);
    assert.equal(second?.headers['content-encoding'], undefined);
    assert.equal((await gateway.ended(2))[0]?.request.body?.toString(), JSON.stringify(CHAT));
  });

  it('takes a body in chunks, and one that waits to be asked for', async () => {
    const { upstream, gateway } = await fixture.start(() => ({ body: chatReply('a') }));
    const body = JSON.stringify(CHAT);
    const [head, tail] = [body.slice(0, 9), body.slice(9)];
    const lines = (...more: string[]) =>
      [
        'POST /v1/chat/completions HTTP/1.1',
        'host: localhost',
        `authorization: Bearer ${TOKEN}`,
        ...more,
        'connection: close',
        '',
        '',
      ].join('\r\n');
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

    const chunked = await overSocket(gateway.server.port, (socket) => {
      socket.write(lines('transfer-encoding: chunked') + chunk(head));
      socket.write(`${chunk(tail)}0\r\n\r\n`);
    });
    assert.equal(statusOf(chunked), 200);

    const asked = await overSocket(gateway.server.port, (socket) => {
      socket.write(lines('expect: 100-continue', `content-length: ${body.length}`));
      socket.once('data', () => socket.write(body));
    });
    assert.match(asked, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    for (const { json, headers } of upstream.requests) {
      assert.deepEqual(json, CHAT);
      for (const name of ['expect', 'transfer-encoding']) assert.equal(headers[name], undefined);
      assert.equal(headers['content-length'], String(body.length));
    }
  });

  it('returns a redirect, and follows none', async () => {
    const other = await fixture.upstream(() => ({ body: chatReply('elsewhere') }));
    const { gateway } = await fixture.start(() => ({
      status: 307,
      headers: { location: `${other.baseUrl}/x` },
      body: '',
    }));
    const got = await send(gateway, { body: CHAT });
    assert.equal(got.status, 307);
    assert.equal(got.headers['location'], `${other.baseUrl}/x`);
    assert.equal(other.requests.length, 0);
  });

  it('passes replies without a body, and to HEAD', async () => {
    const { gateway } = await fixture.start(({ method }) =>
      method === 'HEAD' ? { headers: { 'content-length': 12 } } : { status: 204, headers: {} },
    );
    const none = await send(gateway, { method: 'DELETE', path: '/v1/files/f1' });
    assert.equal(none.status, 204);
    const head = await send(gateway, { method: 'HEAD', path: '/v1/models' });
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-length'], '12');
    assert.equal(head.body.length, 0);
  });

  it('passes trailers, early hints and HTTP/1.0', async () => {
    const body = chatReply('x');
    const chunked = `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 Fine\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\nx-sum: 7\r\n\r\n`;
    const got = await throughGateway(chunked);
    assert.equal(got.text, body);
    assert.equal(got.trailers['x-sum'], '7');

    const old = await throughGateway(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${body}`);
    assert.equal(old.text, body);
    assert.equal(old.ending, 'done');
  });

  it('says that a reply broke off, whatever its length was to be', async () => {
    const body = chatReply('x');
    const short = await throughGateway(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length + 9}\r\n\r\n${body}`,
    );
    assert.equal(short.status, 502);
    assert.match(short.text, /broke off its answer/);
    assert.equal(short.ending, 'failed');

    const long = await throughGateway(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}garbage`,
    );
    assert.equal(long.text, body);
  });

  it('answers for an upstream that speaks no HTTP, switches protocols, or says nothing', async () => {
    for (const said of [
      'SSH-2.0-x\r\n',
      'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      '',
      'HTTP/1.1 099 Low\r\ncontent-length: 0\r\n\r\n',
    ]) {
      const got = await throughGateway(said);
      assert.equal(got.status, 502, said);
      assert.equal(JSON.parse(got.text).error.type, 'upstream_error');
    }
  });

  it('keeps to what is below the address of a provider', async () => {
    const { upstream, gateway } = await fixture.start(() => ({ body: chatReply('a') }));
    for (const path of [
      '/v1/../admin',
      '/v1/%2e%2e/admin',
      '/v1/files/..%2f..%2fadmin',
      '/v1/files\\..\\admin',
    ])
      assert.ok((await send(gateway, { path, body: CHAT })).status >= 400, path);
    assert.equal(upstream.requests.length, 0);
    assert.deepEqual(gateway.bugs, []);
  });

  it('asks an agent below its address, with what follows the path of its route', async () => {
    const agent = await fixture.upstream(() => ({ body: 'fine', headers: { 'content-type': 'text/plain' } }));
    const gateway = await fixture.gateway({
      config: {
        routes: [
          route({
            match: { path: '/agents/support' },
            arms: [{ name: 'old', weight: 1, target: { kind: 'agent', url: `${agent.origin}/run` } }],
          }),
        ],
      },
    });
    const got = await send(gateway, { method: 'PUT', path: '/agents/support/chat?a=1', body: 'hello' });
    assert.equal(got.body.toString(), 'fine');
    const [request] = agent.requests;
    assert.equal(request?.target, '/run/chat?a=1');
    assert.equal(request?.method, 'PUT');
    assert.equal(request?.bytes.toString(), 'hello');
    assert.equal((await gateway.ended(1))[0]?.summary?.text, 'fine');
  });

  it('fills no memory for a slow client: its upstream waits', async function () {
    this.timeout(30_000);
    const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(64 * 1024) } }] })}\n\n`;
    let written = 0;
    const { gateway, upstream } = await fixture.start(() => ({
      body: Array.from({ length: 2_000 }, () => ({
        get write() {
          written += 1;
          return piece;
        },
      })),
    }));
    const got = send(gateway, { body: STREAMED, leaveAfter: 1, pauses: true });
    await upstream.received(1);
    let before = -1;
    while (written !== before) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.ok(written < 400, `${written} pieces of 64 KiB`);
    (await got).leave();
    await gateway.ended(1);
  });
});
