import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { HttpError } from '../../../src/engine/http/httpError.ts';
import type { ReplyStart } from '../../../src/engine/http/wire.ts';
import { Wires } from '../../../src/engine/http/wires.ts';

describe('the wires of requests that are passed on', () => {
  const servers: Server[] = [];
  let wires: Wires;

  beforeEach(() => {
    wires = new Wires();
  });

  afterEach(() => {
    wires.close();
    for (const server of servers.splice(0)) server.close();
  });

  async function listening(server: Server): Promise<URL> {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/x?y=1`);
  }

  const serve = (listener: RequestListener) => listening(createHttpServer(listener));
  /** `said` to each request, which ends with its body `{}`. */
  const speak = (said: (socket: Socket, request: string) => void) =>
    listening(
      createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (bytes) => said(socket, bytes.toString('latin1')));
      }),
    );

  function ask(url: URL, headers: { [name: string]: string } = {}) {
    const over = Promise.withResolvers<{ start: ReplyStart; body: string; rawTrailers: readonly string[] }>();
    let start: ReplyStart | undefined;
    const chunks: Buffer[] = [];
    const wire = wires.send(
      { url, method: 'POST', headers: { 'content-length': '2', ...headers }, body: Buffer.from('{}') },
      {
        begun: (given) => {
          start = given;
        },
        bytes: (chunk) => void chunks.push(chunk),
        ended: (rawTrailers) => {
          if (start) over.resolve({ start, body: Buffer.concat(chunks).toString(), rawTrailers });
        },
        failed: over.reject,
      },
    );
    return { wire, over: over.promise, chunks };
  }

  it('tell the head as it came, the body and the trailers', async () => {
    const url = await speak((socket, request) => {
      assert.match(request, /^POST \/v1\/x\?y=1 HTTP\/1\.1\r\n/);
      assert.match(request, /\r\nX-Own: caf\u00e9\r\n/i);
      socket.end(
        'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 201 Made so\r\nX-A: 1\r\nx-a: 2\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n' +
          'Content-Type: text/plain\r\ntransfer-encoding: chunked\r\ntrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n',
      );
    });
    const { start, body, rawTrailers } = await ask(url, { 'x-own': 'caf\u00e9' }).over;
    assert.deepEqual([start.status, start.statusText, body], [201, 'Made so', 'ok']);
    assert.deepEqual(start.rawHeaders.slice(0, 4), ['X-A', '1', 'x-a', '2']);
    assert.deepEqual([start.headers['x-a'], start.headers['set-cookie']], ['1, 2', ['a=1', 'b=2']]);
    assert.deepEqual(rawTrailers, ['X-Sum', '7']);
  });

  it('use a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((incoming, outgoing) => {
      ports.add(incoming.socket.remotePort);
      outgoing.end('ok');
    });
    for (let asked = 0; asked < 3; asked += 1) assert.equal((await ask(url).over).body, 'ok');
    assert.equal(ports.size, 1);
  });

  it('send again what met a connection that was given up meanwhile, and nothing else', async () => {
    let requests = 0;
    const seen = new WeakSet<Socket>();
    const url = await speak((socket) => {
      requests += 1;
      if (seen.has(socket)) return void socket.destroy();
      seen.add(socket);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    assert.equal((await ask(url).over).body, 'ok');
    assert.equal((await ask(url).over).body, 'ok');
    assert.equal(requests, 3);

    const silent = await speak((socket) => {
      requests += 1;
      socket.destroy();
    });
    await assert.rejects(ask(silent).over, isNetworkFault);
    assert.equal(requests, 4);
  });

  const REPLY = 'HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nx';
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
  const UNASKED: readonly (readonly [name: string, said: readonly string[]])[] = [
    ['beside the reply', [`${CONTINUE}${REPLY}`]],
    ['before the reply', [CONTINUE, REPLY]],
    ['with headers', ['HTTP/1.1 100 Continue\r\nserver: x\r\n\r\n', REPLY]],
    ['without a reason', ['HTTP/1.1 100 \r\n\r\n', REPLY]],
    ['by HTTP/1.0', ['HTTP/1.0 100 Continue\r\n\r\n', REPLY]],
    [
      'twice, among hints',
      [`${CONTINUE}HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n`, `${CONTINUE}${REPLY}`],
    ],
    ['in pieces', ['H', 'TTP/1.1 10', '0 Continue\r', `\n\r\n${REPLY.slice(0, 10)}`, REPLY.slice(10)]],
    ['not at all', [REPLY]],
    ['not at all, in pieces', ['HTTP/1.1', REPLY.slice(8, 30), REPLY.slice(30)]],
    ['in the body alone, in pieces', [REPLY.slice(0, -25), REPLY.slice(-25)]],
  ];
  for (const [name, said] of UNASKED)
    it(`ignore what tells to go on, unasked: ${name}`, async () => {
      let requests = 0;
      const url = await speak(async (socket) => {
        requests += 1;
        socket.setNoDelay(true);
        for (const piece of said) {
          socket.write(piece, 'latin1');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });
      // The second time over the same connection.
      for (let asked = 1; asked <= 2; asked += 1) {
        const { start, body } = await ask(url).over;
        assert.deepEqual([start.status, body], [200, 'HTTP/1.1 100 Continue\r\n\r\nx']);
        assert.equal(requests, asked);
      }
    });

  it('say that a reply broke off, or that nobody is there', async () => {
    const url = await speak((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'));
    await assert.rejects(ask(url).over, /closed before the body was complete/);

    const [server] = servers;
    const gone = await serve(() => {});
    servers.pop()?.close();
    await assert.rejects(ask(gone).over, { message: /ECONNREFUSED/ });
    assert.ok(server);
  });

  it('fail, later, for what cannot be sent', async () => {
    const url = await serve((_, outgoing) => outgoing.end('ok'));
    const { over } = ask(url, { 'x-own': 'a\nb' });
    await assert.rejects(over, (error) => error instanceof HttpError && error.fault.kind === 'unsendable');
    assert.equal((await ask(url).over).body, 'ok');
  });

  it('end what is cancelled, before and within its reply, and tell no more of it', async () => {
    const closed: Promise<unknown>[] = [];
    const url = await speak((socket) => {
      closed.push(once(socket, 'close'));
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok');
    });
    const early = ask(url);
    early.wire.cancel();

    const begun = ask(url);
    let told = 0;
    void begun.over.finally(() => {
      told += 1;
    });
    while (begun.chunks.length === 0) await new Promise((resolve) => setImmediate(resolve));
    begun.wire.cancel();
    await Promise.all(closed);
    assert.equal(told, 0);
    assert.equal(early.chunks.length, 0);
  });

  it('read no further while they are paused', async () => {
    const size = 16 * 1024 * 1024;
    let outgoing: import('node:http').ServerResponse | undefined;
    const url = await serve((_, given) => {
      outgoing = given;
      given.end(Buffer.alloc(size));
    });
    const { wire, over, chunks } = ask(url);
    wire.pause();
    while ((outgoing?.writableLength ?? 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(chunks.reduce((sum, chunk) => sum + chunk.length, 0) < size);
    wire.resume();
    assert.equal((await over).body.length, size);
  });
});

function isNetworkFault(error: unknown): boolean {
  return error instanceof HttpError && error.fault.kind === 'network' && error.fault.code === 'ECONNRESET';
}
