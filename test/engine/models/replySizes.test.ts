import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../src/engine/ports.ts';
import { countingRandom, manualClock } from './manualClock.ts';

const MIB = 1024 * 1024;
const CALL = { signal: new AbortController().signal, span: noSpan, timeoutMs: 60_000 };

describe('the size of a reply', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  /** Answers every request in the same way. */
  async function serve(answer: (outgoing: ServerResponse) => Promise<void>) {
    let calls = 0;
    const server = createServer((incoming, outgoing) => {
      calls += 1;
      incoming.resume();
      incoming.on('end', () => answer(outgoing).catch(() => outgoing.destroy()));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const models = createModelCatalog(
      { local: { baseUrl: `http://127.0.0.1:${port}/v1` } },
      { environment: fixedEnvironment({}), clock: manualClock(10_000), random: countingRandom(), log: noLog },
    );
    const failure = async (call: Promise<unknown>): Promise<{ error: ModelError; calls: number }> => {
      const error = await call.then(
        () => assert.fail('the call should have failed'),
        (reason: unknown) => reason,
      );
      assert(error instanceof ModelError, `${error}`);
      return { error, calls };
    };
    return {
      chat: () =>
        failure(
          models
            .client('local/tiny')
            .complete({ messages: [{ role: 'user', content: 'hi' }], parameters: {} }, CALL),
        ),
      embed: () => failure(models.embedder('local/small').embed('hi', CALL)),
    };
  }

  /** Writes until the client hangs up, or `limit` bytes have left. */
  async function flood(outgoing: ServerResponse, piece: string, limit: number): Promise<void> {
    const chunk = Buffer.from(piece.repeat(Math.ceil((256 * 1024) / piece.length)));
    const chunks = Array.from({ length: Math.ceil(limit / chunk.length) }, () => chunk);
    await pipeline(Readable.from(chunks), outgoing);
  }

  const types = { json: 'application/json', stream: 'text/event-stream' };

  it('is limited where the whole reply comes at once', async () => {
    const { chat, embed } = await serve(async (outgoing) => {
      outgoing.writeHead(200, { 'content-type': types.json });
      await flood(outgoing, ' ', 64 * MIB);
    });
    for (const ask of [chat, embed]) {
      const { error } = await ask();
      assert.equal(error.code, 'protocol');
      assert.match(error.message, /the reply is longer than 32 MiB/);
    }
  });

  it('is that of what it unpacks to', async () => {
    const { chat, embed } = await serve(async (outgoing) => {
      outgoing.writeHead(200, { 'content-type': types.json, 'content-encoding': 'gzip' });
      const gzip = createGzip();
      gzip.pipe(outgoing);
      for (let sent = 0; sent < 64; sent += 1) gzip.write(Buffer.alloc(MIB, ' '));
      gzip.end();
    });
    for (const [index, ask] of [chat, embed].entries()) {
      const { error, calls } = await ask();
      assert.match(error.message, /longer than 32 MiB/);
      assert.equal(calls, index + 1, 'it is not asked for again');
    }
  });

  it('is limited in each event of a stream, in one line or in many', async () => {
    for (const piece of ['x', 'data: x\n', 'data: x\r\n']) {
      const { chat } = await serve(async (outgoing) => {
        outgoing.writeHead(200, { 'content-type': types.stream });
        outgoing.write('data: ');
        await flood(outgoing, piece, 64 * MIB);
      });
      const { error, calls } = await chat();
      assert.equal(error.code, 'protocol');
      assert.match(error.message, /one event of the stream is longer than 4 MiB/);
      assert.equal(calls, 1);
    }
  });

  it('is not that of a stream of many short events', async () => {
    for (const end of ['\n\n', '\r\n\r\n', '\r\r']) {
      const { chat } = await serve(async (outgoing) => {
        outgoing.writeHead(200, { 'content-type': types.stream });
        await flood(outgoing, `: ${'x'.repeat(100_000)}${end}`, 5 * MIB);
      });
      const { error } = await chat();
      assert.match(error.message, /the stream ended before the reply was complete/);
    }
  });

  it('is limited in an error, of which the beginning is said', async () => {
    const { chat, embed } = await serve(async (outgoing) => {
      outgoing.writeHead(400, { 'content-type': 'text/plain' });
      await flood(outgoing, 'no way. ', 1024 * MIB);
    });
    for (const ask of [chat, embed]) {
      const { error } = await ask();
      assert.equal(error.code, 'bad-request');
      assert.match(error.message, /^400 no way\. no way/);
      assert.ok(error.message.length < 1100);
    }
  });

  it('may be anything within an embedding that is none: a protocol error, asked for once', async () => {
    for (const [body, reason] of [
      ['null', /it is null/],
      ['{"data":{}}', /there is no list/],
      ['{"data":[null]}', /data\[0\] is null/],
      ['{"data":[{"index":0,"embedding":"AAAA"}]}', /number 0 is missing/],
      ['{"data":[{"index":0,"embedding":[1,"2"]}]}', /no number/],
      ['{"data":[{"index":0,"embedding":[1,1e999]}]}', /no number/],
      [`{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /data\[0\] is a list/],
    ] as const) {
      const { embed } = await serve(async (outgoing) => {
        outgoing.writeHead(200, { 'content-type': types.json });
        outgoing.end(body);
      });
      const { error, calls } = await embed();
      assert.equal(error.code, 'protocol');
      assert.match(error.message, reason);
      assert.equal(calls, 1);
    }
  });
});
