import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { exchange } from '../../../../src/engine/http/exchange.ts';
import { Connection } from '../../../../src/engine/http/httpConnection.ts';
import { type LocalServer, startServer } from '../../../../src/engine/http/server/serverShell.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import {
  Busy,
  otlpRoutes,
  type ReceivedRecords,
} from '../../../../src/engine/telemetry/receiver/otlpRoutes.ts';
import { messageType } from '../../../../src/engine/telemetry/receiver/protobufSchema.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { agentRequest } from '../../../support/otlp/agentSpans.ts';
import { encodeRequest } from '../../../support/otlp/encodeRequest.ts';
import { overSocket } from '../../http/server/rawSocket.ts';

const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
const ENCODINGS = ['protobuf', 'json'] as const;
const NOW = 1_795_982_715_870;

type Keep = ReceivedRecords['keep'];

describe('the receiver of OTLP', () => {
  const connection = new Connection();
  const servers: LocalServer[] = [];
  const bugs: unknown[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close(0)));
    bugs.length = 0;
  });
  after(() => connection.close());

  async function start(keep: Keep, limits = {}, clock = systemClock): Promise<LocalServer> {
    const server = await startServer({
      ...{ name: 'the OTLP receiver', port: 0, token: 'unused', clock: systemClock, limits },
      routes: otlpRoutes({ keep }, 'open', clock),
      onBug: (error) => bugs.push(error),
    });
    servers.push(server);
    return server;
  }

  async function post(
    server: LocalServer,
    signal: string,
    body: Uint8Array,
    headers: { [name: string]: string },
  ) {
    const request = {
      url: new URL(`http://127.0.0.1:${server.port}/v1/${signal}`),
      method: 'POST',
      headers,
      body,
    };
    const limit = { clock: systemClock, ms: 10_000 };
    return await exchange(
      { connection, request, signal: new AbortController().signal, limit },
      async (reply) => ({
        status: reply.status,
        type: reply.contentType,
        retryAfter: reply.headers['retry-after'],
        body: Buffer.from(await reply.start(100_000)),
      }),
    );
  }

  /** What an answer says, in whichever encoding it is. */
  function read(answer: { type: string; body: Buffer }, type: string): object {
    if (answer.type === TYPES.json) return JSON.parse(answer.body.toString());
    assert.equal(answer.type, TYPES.protobuf);
    const message = messageType(type);
    return message.toObject(message.decode(answer.body), { longs: Number });
  }

  for (const encoding of ENCODINGS) {
    const type = { 'content-type': TYPES[encoding] };
    const body = encodeRequest(agentRequest(0, 16, NOW), encoding);

    it(`takes spans in ${encoding}, plain and with gzip, and answers in the same`, async () => {
      const kept: number[] = [];
      const server = await start(async ({ spans }) => void kept.push(spans.length));
      const plain = await post(server, 'traces', body, type);
      const packed = gzipSync(encodeRequest(agentRequest(16, 8, NOW), encoding));
      const gzip = await post(server, 'traces', packed, { ...type, 'content-encoding': 'gzip' });

      for (const answer of [plain, gzip]) {
        assert.equal(answer.status, 200);
        assert.deepEqual(read(answer, 'TraceResponse'), {});
      }
      assert.deepEqual(kept, [16, 8]);
    });

    it(`takes an empty request in ${encoding}`, async () => {
      const server = await start(async () => {});
      for (const signal of ['traces', 'logs', 'metrics']) {
        const empty = encoding === 'json' ? Buffer.from('{}') : Buffer.alloc(0);
        assert.equal((await post(server, signal, empty, type)).status, 200, signal);
      }
    });

    it(`says in ${encoding} that metrics are derived from the spans`, async () => {
      const server = await start(async () => {});
      const answer = await post(server, 'metrics', body, type);
      const { partialSuccess } = read(answer, 'MetricsResponse') as {
        partialSuccess: { errorMessage: string };
      };
      assert.match(partialSuccess.errorMessage, /derives its own from the spans/);
    });

    it(`refuses in ${encoding} with a Status that says why`, async () => {
      const server = await start(
        async () => {
          throw new Busy('the disk is full', 5);
        },
        { bodyBytes: 100_000 },
      );
      const status = async (signal: string, bytes: Uint8Array) => {
        const answer = await post(server, signal, bytes, type);
        return { http: answer.status, after: answer.retryAfter, ...read(answer, 'Status') };
      };

      assert.deepEqual(await status('traces', body), {
        http: 503,
        after: '5',
        code: 14,
        message: 'the disk is full',
      });
      const long = await status('traces', Buffer.alloc(200_000));
      assert.deepEqual([long.http, (long as { code?: number }).code], [413, 8]);
      const broken = await status('logs', Buffer.from('{"resourceLogs":'));
      assert.deepEqual([broken.http, (broken as { code?: number }).code], [400, 3]);
      assert.match((broken as { message?: string }).message ?? '', /the body is no/);
    });

    it(`says in ${encoding} that there was a bug, and no more`, async () => {
      const server = await start(async () => {
        throw new TypeError('secret');
      });
      const answer = await post(server, 'traces', body, type);
      assert.equal(answer.status, 500);
      assert.deepEqual(read(answer, 'Status'), { code: 2, message: 'something went wrong here' });
      assert.equal(bugs.length, 1);
    });
  }

  it('refuses what unpacks to too much, what cannot be unpacked, and other content types', async () => {
    const server = await start(async () => {}, { bodyBytes: 100_000 });
    const json = { 'content-type': TYPES.json };
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    assert.equal((await post(server, 'traces', bomb, { ...json, 'content-encoding': 'gzip' })).status, 413);
    const broken = Buffer.from('no gzip');
    assert.equal((await post(server, 'traces', broken, { ...json, 'content-encoding': 'gzip' })).status, 400);
    assert.equal((await post(server, 'traces', broken, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await post(server, 'traces', broken, { 'content-type': 'application/grpc' })).status, 415);
  });

  it('asks to try again where too much is received at once', async () => {
    const pending = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const server = await start(
      async () => {
        entered.resolve();
        await pending.promise;
      },
      { allBodiesBytes: 30_000 },
    );
    const type = { 'content-type': TYPES.json };
    const body = (first: number) => encodeRequest(agentRequest(first, 10, NOW), 'json');
    const first = post(server, 'traces', body(0), type);
    await entered.promise;

    const second = await post(server, 'traces', body(100), type);
    assert.deepEqual([second.status, second.retryAfter], [503, '1']);
    assert.match((read(second, 'Status') as { message: string }).message, /too much is being received/);
    pending.resolve();
    assert.equal((await first).status, 200);
    assert.equal((await post(server, 'traces', body(100), type)).status, 200);
  });

  it('knows a request again whose answer was lost, also while the first is under way; what failed is tried anew', async () => {
    let calls = 0;
    const entered = Promise.withResolvers<void>();
    const failing = Promise.withResolvers<void>();
    let pending = failing.promise;
    const clock = new ManualClock();
    const server = await start(
      async () => {
        calls += 1;
        entered.resolve();
        await pending;
      },
      {},
      clock,
    );
    const type = { 'content-type': TYPES.protobuf };
    const body = encodeRequest(agentRequest(0, 8, NOW), 'protobuf');
    const both = [post(server, 'traces', body, type), post(server, 'traces', body, type)];
    await entered.promise;
    failing.reject(new Busy('busy', 1));
    assert.ok((await Promise.all(both)).every(({ status }) => status === 503));
    const failed = calls;

    pending = Promise.resolve();
    assert.equal((await post(server, 'traces', body, type)).status, 200);
    assert.equal((await post(server, 'traces', body, type)).status, 200);
    assert.equal(calls, failed + 1);
    clock.pass(180_000);
    await post(server, 'traces', body, type);
    assert.equal(calls, failed + 2);
  });

  it('asks once for a body whose sender waits to be asked', async () => {
    const server = await start(async () => {});
    const received = await overSocket(server.port, (socket) => {
      socket.write(
        'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 2\r\nconnection: close\r\n\r\n',
      );
      socket.once('data', () => socket.write('{}'));
    });
    assert.equal(received.match(/100 Continue/g)?.length, 1);
    assert.match(received, /HTTP\/1\.1 200/);
  });

  it('takes the same request again in earnest once what was kept is gone', async () => {
    let calls = 0;
    let storage: object | undefined = {};
    const server = await startServer({
      ...{ name: 'the OTLP receiver', port: 0, token: 'unused', clock: systemClock },
      routes: otlpRoutes(
        {
          keep: async () => {
            calls += 1;
            storage ??= {};
          },
          get storage() {
            return storage;
          },
        },
        'open',
      ),
      onBug: (error) => bugs.push(error),
    });
    servers.push(server);
    const send = () =>
      post(server, 'traces', encodeRequest(agentRequest(0, 8, NOW), 'json'), { 'content-type': TYPES.json });
    await send();
    await send();
    assert.equal(calls, 1);
    storage = undefined;
    await send();
    await send();
    assert.equal(calls, 2);
  });

  it('knows packed requests again, and not by the bytes alone: how they are packed and what they are counts too', async () => {
    const kept: number[] = [];
    const server = await start(async ({ spans }) => void kept.push(spans.length));
    const body = encodeRequest(agentRequest(0, 8, NOW), 'protobuf');
    const packed = gzipSync(body);
    const send = async (bytes: Uint8Array, headers: { [name: string]: string }, signal = 'traces') =>
      (await post(server, signal, bytes, { 'content-type': TYPES.protobuf, ...headers })).status;

    for (let time = 0; time < 3; time += 1)
      assert.equal(await send(packed, { 'content-encoding': 'gzip' }), 200);
    assert.deepEqual(kept, [8]);
    assert.equal(await send(packed, {}), 400);
    assert.equal(await send(packed, { 'content-type': TYPES.json, 'content-encoding': 'gzip' }), 400);
    assert.equal(await send(body, {}), 200);
    assert.deepEqual(kept, [8, 8]);

    const answered = async (signal: string) =>
      (await post(server, signal, Buffer.from('{}'), { 'content-type': TYPES.json })).body.toString();
    assert.deepEqual([await answered('traces'), await answered('logs')], ['{}', '{}']);
    assert.match(await answered('metrics'), /derives its own/);
  });
});
