import assert from 'node:assert/strict';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { exchange } from '../../../../src/engine/http/exchange.ts';
import { Connection } from '../../../../src/engine/http/httpConnection.ts';
import { HttpError } from '../../../../src/engine/http/httpError.ts';
import { ServerError } from '../../../../src/engine/http/server/listen.ts';
import { type LocalServer, type Route, startServer } from '../../../../src/engine/http/server/serverShell.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { overSocket, statusOf } from './rawSocket.ts';

const TOKEN = 'token-0123456789';
const KIB = 1024;

describe('a local server', () => {
  const servers: LocalServer[] = [];
  const connection = new Connection();
  const bugs: unknown[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close(0)));
    bugs.length = 0;
  });
  after(() => connection.close());

  const ROUTES: Route[] = [
    {
      ...{ method: 'POST', path: '/open', access: 'open' },
      handle: async (request) => ({ status: 200, body: String((await request.body()).length) }),
    },
    {
      ...{ method: 'GET', path: '/closed', access: 'token' },
      handle: ({ query }) => ({ status: 200, body: `secret ${query.get('a')}` }),
    },
    {
      ...{ method: 'POST', path: '/bug', access: 'token' },
      handle: () => {
        throw new Error('key sk-1 leaked');
      },
    },
  ];

  async function start(more: Partial<Parameters<typeof startServer>[0]> = {}): Promise<LocalServer> {
    const server = await startServer({
      ...{ name: 'the test server', port: 0, token: TOKEN, routes: ROUTES, clock: systemClock },
      onBug: (error) => bugs.push(error),
      ...more,
    });
    servers.push(server);
    return server;
  }

  function ask(
    server: LocalServer,
    path: string,
    headers: { [name: string]: string } = {},
    body?: Uint8Array,
  ) {
    const request = {
      url: new URL(`http://127.0.0.1:${server.port}${path}`),
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    };
    const { signal } = new AbortController();
    return exchange({ connection, request, signal }, async (reply) => ({
      status: reply.status,
      headers: reply.headers,
      text: await reply.text(1e6),
    }));
  }

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('stands on 127.0.0.1 unless it is told otherwise on purpose', async () => {
    assert.equal((await start()).address, '127.0.0.1');
    assert.equal((await start({ exposeOn: '0.0.0.0' })).address, '0.0.0.0');
  });

  it('says that its port is taken, and what is no address of this machine', async () => {
    const { port } = await start();
    await assert.rejects(
      start({ port }),
      (error) =>
        error instanceof ServerError &&
        error.message ===
          `the test server cannot use port ${port} of 127.0.0.1: another program is listening there`,
    );
    await assert.rejects(start({ exposeOn: '203.0.113.7' }), /not an address of this machine/);
  });

  it('gives nothing to whoever has no token, or another one', async () => {
    const server = await start();
    const status = async (headers: { [name: string]: string }) =>
      (await ask(server, '/closed', headers)).status;
    for (const wrong of ['', 'x', TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase()])
      assert.equal(await status(bearer(wrong)), 401, wrong);
    assert.equal(await status({}), 401);
    assert.equal(await status({ authorization: `Basic ${TOKEN}` }), 401);
    const { text, headers } = await ask(server, '/closed?a=1', bearer(TOKEN));
    assert.equal(text, 'secret 1');
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  it('answers to its own names alone, so that no name of a stranger leads here', async () => {
    const server = await start({ allowedHosts: ['collector.test'] });
    const status = async (...lines: string[]) =>
      statusOf(
        await overSocket(server.port, (socket) =>
          socket.write(['GET /closed HTTP/1.1', ...lines, 'connection: close', '', ''].join('\r\n')),
        ),
      );
    const auth = `authorization: Bearer ${TOKEN}`;
    for (const host of ['localhost', '127.0.0.1', 'LOCALHOST:80', '[::1]:9', '127.0.0.1:1', 'collector.test'])
      assert.equal(await status(`host: ${host}`, auth), 200, host);
    for (const host of ['evil.test', 'localhost.evil.test', '127.0.0.1.evil.test', '10.0.0.1', '[::2]'])
      assert.equal(await status(`host: ${host}`, auth), 403, host);
    for (const host of ['', 'a b', 'localhost@evil.test', 'evil.test#localhost'])
      assert.equal(await status(`host: ${host}`, auth), 400, host);
    assert.equal(await status(auth), 400, 'no host');
    assert.equal(await status('host: localhost', 'host: evil.test', auth), 400, 'two hosts');
  });

  it('refuses pages of a browser that it does not expect, with or without the token', async () => {
    const server = await start({ allowedOrigins: ['http://mine.test'] });
    const status = async (headers: { [name: string]: string }) =>
      (await ask(server, '/closed', { ...bearer(TOKEN), ...headers })).status;
    for (const origin of ['http://evil.test', 'null', 'http://mine.test.evil.test', 'http://localhost', ''])
      assert.equal(await status({ origin }), 403, origin);
    for (const site of ['cross-site', 'same-site', 'same-origin'])
      assert.equal(await status({ 'sec-fetch-site': site }), 403, site);
    assert.equal(await status({ 'sec-fetch-site': 'none' }), 200);
    assert.equal(await status({ origin: 'http://mine.test', 'sec-fetch-site': 'cross-site' }), 200);
  });

  it('takes without a token only what a browser would ask about first', async () => {
    const server = await start();
    const status = async (type: string) =>
      (await ask(server, '/open', { 'content-type': type }, Buffer.from('{}'))).status;
    for (const type of ['text/plain', 'TEXT/plain; charset=utf-8', 'multipart/form-data; boundary=x', ''])
      assert.equal(await status(type), 415, type);
    assert.equal(await status('application/x-www-form-urlencoded'), 415);
    assert.equal(await status('application/json'), 200);
  });

  it('says which path and method it takes, and that only to whom it answers', async () => {
    const server = await start();
    assert.equal((await ask(server, '/nothing', bearer(TOKEN))).status, 404);
    assert.equal((await ask(server, '//closed', bearer(TOKEN))).status, 404);
    const { status, headers } = await ask(server, '/closed', {}, Buffer.from('{}'));
    assert.deepEqual([status, headers.allow], [405, 'GET']);
  });

  it('takes a whole address as its target, whose host counts instead of the header', async () => {
    const server = await start();
    const status = async (target: string, host = 'localhost') =>
      statusOf(
        await overSocket(server.port, (socket) =>
          socket.write(
            `POST ${target} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
          ),
        ),
      );
    assert.equal(await status(`http://127.0.0.1:${server.port}/open`), 200);
    assert.equal(await status('HTTP://LOCALHOST/open?x=1'), 200);
    assert.equal(await status('http://localhost/nothing'), 404);
    assert.equal(await status('http://evil.test/open'), 403);
    assert.equal(await status('http://evil.test@localhost/open'), 400);
    assert.equal(await status('http:///open'), 400);
    assert.equal(await status('http://localhost/open', 'evil.test'), 200);
    assert.equal(await status('/open', 'evil.test'), 403);
  });

  it('limits a body by what it unpacks to, and by what it is packed in', async () => {
    const server = await start({ limits: { bodyBytes: 64 * KIB } });
    const send = (body: Uint8Array, encoding?: string) =>
      ask(server, '/open', encoding === undefined ? {} : { 'content-encoding': encoding }, body);
    const bomb = Buffer.alloc(8 * KIB * KIB);
    const exact = Buffer.alloc(64 * KIB);

    for (const [encoding, pack] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ] as const) {
      const refused = await send(pack(bomb), encoding);
      assert.equal(refused.status, 413, encoding);
      assert.match(refused.text, /^\{"error":\{"message":"the body is longer than 65536 bytes"\}\}$/);
      assert.equal((await send(pack(exact), encoding)).text, '65536', encoding);
    }
    assert.equal((await send(exact)).text, '65536');
    assert.equal((await send(Buffer.alloc(64 * KIB + 1))).status, 413);
    assert.equal((await send(Buffer.from('no gzip'), 'gzip')).status, 400);
    assert.equal((await send(gzipSync('{}').subarray(0, 12), 'gzip')).status, 400);
    assert.equal((await send(Buffer.from('x'), 'zstd')).status, 415);
    assert.deepEqual(bugs, []);
  });

  it('refuses a body that says it is too long before any of it has come', async () => {
    const server = await start({ limits: { bodyBytes: 64 * KIB } });
    const received = await overSocket(server.port, (socket) =>
      socket.write(
        `POST /open HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${64 * KIB + 1}\r\n\r\n`,
      ),
    );
    assert.equal(statusOf(received), 413);
  });

  it('counts what unpacking itself takes', async () => {
    const server = await start({ limits: { allBodiesBytes: 12 * KIB } });
    const small = Buffer.alloc(4 * KIB);
    assert.equal((await ask(server, '/open', {}, small)).status, 200);
    assert.equal((await ask(server, '/open', { 'content-encoding': 'gzip' }, gzipSync(small))).status, 503);
  });

  it('gives back what a body took that was refused, whatever still comes of it', async () => {
    const server = await start({ limits: { bodyBytes: 64 * KIB, allBodiesBytes: 256 * KIB } });
    const bomb = brotliCompressSync(Buffer.alloc(8 * KIB * KIB));
    for (let sent = 0; sent < 4; sent += 1)
      assert.equal((await ask(server, '/open', { 'content-encoding': 'br' }, bomb)).status, 413);

    const exact = Buffer.alloc(64 * KIB);
    assert.equal((await ask(server, '/open', {}, exact)).text, '65536');
  });

  it('limits packed bytes that unpack to nothing', async () => {
    const server = await start({ limits: { bodyBytes: 64 * KIB } });
    // An empty stored block of deflate, again and again: 5 bytes each.
    const head = gzipSync('').subarray(0, 10);
    const nothing = Buffer.concat([
      head,
      ...Array.from({ length: 40_000 }, () => Buffer.from([0, 0, 0, 255, 255])),
    ]);
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    const received = await overSocket(server.port, (socket) => {
      socket.write(
        'POST /open HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      for (let at = 0; at < nothing.length; at += 16 * KIB)
        socket.write(chunk(nothing.subarray(at, at + 16 * KIB)));
    });
    assert.ok([413, 0].includes(statusOf(received)), received);
  });

  it('ends slow headers and slow bodies', async () => {
    const quick = await start({ limits: { headerMs: 200, bodyMs: 600_000 } });
    const server = await start({ limits: { headerMs: 200, bodyMs: 400 } });
    const drip = (first: string, { port } = server) =>
      overSocket(port, (socket) => {
        socket.write(first);
        const timer = setInterval(() => socket.write('x'), 50);
        socket.on('close', () => clearInterval(timer));
      });
    assert.equal(statusOf(await drip('GET /closed HTTP/1.1\r\nhost: localhost\r\nx-slow: ', quick)), 408);
    const body =
      'POST /open HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n';
    assert.equal(statusOf(await drip(body)), 408);
    assert.deepEqual(bugs, []);
  });

  it('refuses headers that are too long, and what is no HTTP', async () => {
    const server = await start({ limits: { headerBytes: 2 * KIB } });
    const long = await overSocket(server.port, (socket) =>
      socket.write(`GET /closed HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(4 * KIB)}\r\n\r\n`),
    );
    assert.equal(statusOf(long), 431);
    assert.match(long, /\{"error":\{"message":"the headers are too long"\}\}$/);
    assert.equal(statusOf(await overSocket(server.port, (socket) => socket.write('hello\r\n\r\n'))), 400);
  });

  it('takes so many connections and no more', async () => {
    const server = await start({ limits: { connections: 2 } });
    const waiting = [0, 1].map(() => overSocket(server.port, () => {}));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await overSocket(server.port, (socket) => socket.write('GET / HTTP/1.1\r\n\r\n')), '');
    await server.close(0);
    await Promise.all(waiting);
  });

  it('asks for a body only once the head is right', async () => {
    const server = await start();
    const head = (host: string) =>
      `POST /open HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n`;
    const refused = await overSocket(server.port, (socket) => socket.write(head('evil.test')));
    assert.equal(statusOf(refused), 403);
    const taken = await overSocket(server.port, (socket) => {
      socket.write(head('localhost'));
      socket.once('data', () => socket.write('{}'));
    });
    assert.match(taken, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  it('tells of a bug that there was one, and no more', async () => {
    const { status, text } = await ask(await start(), '/bug', bearer(TOKEN), Buffer.from('{}'));
    assert.equal(status, 500);
    assert.equal(text, '{"error":{"message":"something went wrong here"}}');
    assert.match(String(bugs), /leaked/);
  });

  describe('piece by piece', () => {
    it('sends what comes, and cuts the connection where that fails', async () => {
      async function* pieces(fails: boolean) {
        yield 'one ';
        if (fails) throw new Error('upstream has gone');
        yield 'two';
      }
      const route = (path: string, fails: boolean): Route => ({
        ...{ method: 'GET', path, access: 'token' },
        handle: () => ({ status: 200, body: pieces(fails) }),
      });
      const server = await start({ routes: [route('/whole', false), route('/half', true)] });
      assert.equal((await ask(server, '/whole', bearer(TOKEN))).text, 'one two');
      await assert.rejects(ask(server, '/half', bearer(TOKEN)), HttpError);
    });

    it('ends with a client that has gone', async () => {
      const ended = Promise.withResolvers<void>();
      async function* endless() {
        try {
          for (;;) yield 'x'.repeat(64 * KIB);
        } finally {
          ended.resolve();
        }
      }
      const route: Route = {
        ...{ method: 'GET', path: '/endless', access: 'token' },
        handle: () => ({ status: 200, body: endless() }),
      };
      const server = await start({ routes: [route] });
      await overSocket(server.port, (socket) => {
        socket.write(`GET /endless HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
        socket.once('data', () => socket.destroy());
      });
      await ended.promise;
      assert.deepEqual(bugs, []);
    });
  });

  it('waits for what is under way when it closes, and cuts it after its grace', async () => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const route: Route = {
      ...{ method: 'GET', path: '/slow', access: 'token' },
      handle: async ({ signal }) => {
        entered.resolve();
        await Promise.race([go.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
        return { status: 200, body: 'done' };
      },
    };
    const patient = await start({ routes: [route] });
    const reply = ask(patient, '/slow', bearer(TOKEN));
    await entered.promise;
    const closed = patient.close(60_000);
    go.resolve();
    assert.equal((await reply).text, 'done');
    await closed;

    const hasty = await start({ routes: [{ ...route, handle: () => new Promise(() => {}) }] });
    const cut = assert.rejects(ask(hasty, '/slow', bearer(TOKEN)), HttpError);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await hasty.close(0);
    await cut;
  });
});
