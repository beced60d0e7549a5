import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { exchange, openReply, type Reply } from '../../../src/engine/http/exchange.ts';
import { unsendableHeader } from '../../../src/engine/http/headers.ts';
import { Connection } from '../../../src/engine/http/httpConnection.ts';
import { HttpError } from '../../../src/engine/http/httpError.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { manualClock } from '../models/manualClock.ts';

describe('an exchange', () => {
  const servers: Server[] = [];
  const connection = new Connection();
  let sockets = 0;
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    sockets = 0;
  });
  after(() => connection.close());

  async function serve(answer: (outgoing: ServerResponse, url: string) => void): Promise<URL> {
    const server = createServer((incoming, outgoing) => {
      incoming.resume();
      answer(outgoing, incoming.url ?? '');
    });
    server.on('connection', () => {
      sockets += 1;
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  const to = (url: URL, more: object = {}) => ({
    ...{ connection, request: { url, method: 'GET', headers: {} }, signal: new AbortController().signal },
    ...more,
  });
  const text = (reply: Reply) => reply.text(100);
  const fault = (kind: HttpError['fault']['kind']) => (error: unknown) =>
    error instanceof HttpError && error.fault.kind === kind;

  it('follows no redirect', async () => {
    const url = await serve((outgoing, asked) =>
      asked === '/' ? outgoing.writeHead(302, { location: '/there' }).end() : outgoing.end('followed'),
    );
    assert.deepEqual(await exchange(to(url), async ({ status, headers }) => [status, headers.location]), [
      302,
      '/there',
    ]);
  });

  it('is over at its limit, before the head and in the middle of the body', async () => {
    for (const begin of [() => {}, (outgoing: ServerResponse) => void outgoing.write('half')]) {
      const came = Promise.withResolvers<void>();
      const url = await serve((outgoing) => {
        begin(outgoing);
        came.resolve();
      });
      const clock = manualClock(0);
      const call = exchange(to(url, { limit: { clock, ms: 500 } }), text);
      await came.promise;
      clock.advance(500);
      await assert.rejects(call, (error) => error instanceof HttpError && error.fault.kind === 'timeout');
    }
  });

  it('rejects with the reason of its signal, and sends nothing for one that is aborted already', async () => {
    const came = Promise.withResolvers<void>();
    const url = await serve((outgoing) => {
      outgoing.write('half');
      came.resolve();
    });
    const caller = new AbortController();
    const call = exchange(to(url, { signal: caller.signal }), text);
    await came.promise;
    const reason = new Error('stop');
    caller.abort(reason);
    await assert.rejects(call, (error) => error === reason);
    await assert.rejects(
      exchange(to(url, { signal: AbortSignal.abort(reason) }), text),
      (error) => error === reason,
    );
    assert.equal(sockets, 1);
  });

  it('takes a body of its limit and no byte more, and of a long one the beginning', async () => {
    const url = await serve((outgoing, asked) => outgoing.end('x'.repeat(Number(asked.slice(1)))));
    const sized = (bytes: number) => new URL(String(bytes), url);
    assert.equal((await exchange(to(sized(100)), text)).length, 100);
    await assert.rejects(exchange(to(sized(101)), text), fault('too-large'));
    const start = await exchange(to(sized(5_000_000)), (reply) => reply.start(100));
    assert.equal(start.length, 100);
  });

  it('leaves the connection to the next one where the body was whole, read or not', async () => {
    const url = await serve((outgoing) => outgoing.end('short'));
    for (let call = 0; call < 3; call += 1) await exchange(to(url), text);
    const reply = await openReply(to(url));
    for await (const _ of reply.chunks(100)) break;
    reply.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await exchange(to(url), text);
    assert.equal(sockets, 1);
  });

  it('tells a cut body, and one that cannot be unpacked', async () => {
    const cut = await serve((outgoing) => {
      outgoing.writeHead(200, { 'content-length': 50 });
      outgoing.write('half', () => outgoing.destroy());
    });
    await assert.rejects(exchange(to(cut), text), fault('network'));
    const broken = await serve((outgoing) =>
      outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end('text'),
    );
    await assert.rejects(exchange(to(broken), text), fault('compression'));
  });

  it('says of a cut body what happened, not Node’s word', async () => {
    const url = await serve((outgoing) => {
      outgoing.writeHead(200, { 'content-length': 50 });
      outgoing.write('half', () => outgoing.destroy());
    });
    await assert.rejects(exchange(to(url), text), /closed before the body was complete/);
  });

  it('sends once more what met a connection that the server had just given up, whatever the method', async () => {
    const seen: string[] = [];
    const begun = new WeakSet<object>();
    const server = createServer((incoming, outgoing) => {
      const { socket } = incoming;
      incoming.resume().once('end', () => {
        if (begun.has(socket)) return socket.resetAndDestroy();
        begun.add(socket);
        seen.push(incoming.method ?? '');
        outgoing.end('answered');
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);

    for (const method of ['POST', 'GET', 'POST']) {
      const request = { url, method, headers: {}, body: method === 'POST' ? 'asked' : undefined };
      assert.equal(await exchange(to(url, { request }), text), 'answered');
    }
    assert.deepEqual(seen, ['POST', 'GET', 'POST']);
  });

  it('sends nothing twice over a new connection', async () => {
    const url = await serve((outgoing) => outgoing.socket?.resetAndDestroy());
    await assert.rejects(exchange(to(url), text), fault('network'));
    assert.equal(sockets, 1);
  });

  it('refuses headers that HTTP does not allow, before and when they are sent', async () => {
    const url = await serve((outgoing) => outgoing.end());
    for (const [name, value] of [
      ['x-key', 'a\nb'],
      ['x-key', 'a\n'],
      ['x-key', 'ключ'],
      ['x key', 'a'],
      ['', 'a'],
    ] as const) {
      assert.equal(unsendableHeader({ accept: 'x', [name]: value }), name, JSON.stringify([name, value]));
      const request = { url, method: 'GET', headers: { [name]: value } };
      await assert.rejects(exchange(to(url, { request }), text), fault('unsendable'));
    }
    assert.equal(unsendableHeader({ 'x-key': 'a b\té' }), undefined);
    assert.equal(sockets, 0);
  });

  it('goes by the proxy that Node was told of, except to this machine', async () => {
    const seen: string[] = [];
    const proxy = await serve((outgoing, asked) => {
      seen.push(asked);
      outgoing.end('by proxy');
    });
    const own = await serve((outgoing) => outgoing.end('direct'));
    const folder = path.join(import.meta.dirname, '..', '..', '..', 'src', 'engine', 'http');
    const script = `
      import { Connection } from ${JSON.stringify(path.join(folder, 'httpConnection.ts'))};
      import { exchange } from ${JSON.stringify(path.join(folder, 'exchange.ts'))};
      const signal = new AbortController().signal;
      for (const url of ['http://far.test/a', ${JSON.stringify(own.href)}])
        console.log(await exchange(
          { connection: new Connection(), request: { url: new URL(url), method: 'GET', headers: {} }, signal },
          (reply) => reply.text(100),
        ));`;
    const env = {
      ...process.env,
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: proxy.href,
      NO_PROXY: '',
      no_proxy: '',
    };
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
    assert.equal((await run).stdout, 'by proxy\ndirect\n');
    assert.deepEqual(seen, ['http://far.test/a']);
  });

  it('does not wait for a body that says it is too long, and takes no more chunks than its limit', async () => {
    const url = await serve((outgoing, asked) => {
      if (asked === '/') outgoing.writeHead(200, { 'content-length': 1e9 }).flushHeaders();
      else outgoing.end('x'.repeat(500));
    });
    await assert.rejects(exchange(to(url), text), fault('too-large'));
    const packed = async (reply: Reply) => {
      for await (const chunk of reply.chunks(100)) assert.ok(chunk.length <= 100);
    };
    const unsized = await serve((outgoing) => {
      outgoing.write('x'.repeat(60));
      outgoing.end('y'.repeat(60));
    });
    await assert.rejects(exchange(to(unsized), packed), fault('too-large'));
  });

  it('refuses bytes that are not UTF-8', async () => {
    const url = await serve((outgoing) => outgoing.end(Buffer.from([0x61, 0xff])));
    await assert.rejects(exchange(to(url), text), fault('not-utf8'));
  });

  it('hangs up on a reply that is not read to its end, and lets go of the signal', async () => {
    const left = Promise.withResolvers<void>();
    const url = await serve((outgoing) => {
      outgoing.on('close', () => left.resolve());
      outgoing.write('for ever');
    });
    const { signal } = new AbortController();
    await exchange(to(url, { signal }), async () => undefined);
    await left.promise;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('lets go of its timer', async () => {
    const url = await serve((outgoing) => outgoing.end('x'));
    const clock = manualClock(0);
    await exchange(to(url, { limit: { clock, ms: 500 } }), text);
    assert.equal(clock.waiting, 0);
    assert.equal(await exchange(to(url, { limit: { clock: systemClock, ms: 2 ** 40 } }), text), 'x');
  });
});
