import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import { CHAT, chatReply, send, TOKEN } from '../../../support/gateway/testGateway.ts';
import { overSocket, statusOf } from '../../http/server/rawSocket.ts';

const MIB = 1024 * 1024;

describe('the server of the gateway', () => {
  const fixture = gatewayFixture();
  const start = () => fixture.start(() => ({ body: chatReply('hi') }));

  it('needs the token for every path, as bearer or in x-api-key', async () => {
    const { gateway, upstream } = await start();
    for (const path of ['/v1/chat/completions', '/v1/models', '/', '/v1/messages', '/agents/x'])
      for (const headers of [
        { authorization: '' },
        { authorization: 'Bearer wrong' },
        { authorization: `Basic ${TOKEN}` },
        { authorization: '', 'x-api-key': `${TOKEN}x` },
      ])
        assert.equal(
          (await send(gateway, { path, headers, body: CHAT })).status,
          401,
          `${path} ${JSON.stringify(headers)}`,
        );
    assert.equal(upstream.requests.length, 0);
    assert.equal(
      (await send(gateway, { body: CHAT, headers: { authorization: '', 'x-api-key': TOKEN } })).status,
      200,
    );
    assert.equal(
      (await send(gateway, { body: CHAT, headers: { authorization: `bearer ${TOKEN}` } })).status,
      200,
    );
  });

  it('serves no page of a browser, and no name that is not ours', async () => {
    const { gateway, upstream } = await start();
    for (const headers of [
      { origin: 'http://localhost:3000' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.test' },
    ])
      assert.equal((await send(gateway, { body: CHAT, headers })).status, 403, JSON.stringify(headers));
    assert.equal(upstream.requests.length, 0);
  });

  it('shows nobody by TRACE what it sends to a provider', async () => {
    const { gateway, upstream } = await start();
    assert.equal((await send(gateway, { method: 'TRACE', path: '/v1/models' })).status, 405);
    assert.equal(upstream.requests.length, 0);
  });

  it('refuses in the form of the API that is asked', async () => {
    const { gateway } = await start();
    const headers = { authorization: '' };
    const openai = JSON.parse((await send(gateway, { body: CHAT, headers })).body.toString());
    assert.equal(openai.error.type, 'authentication_error');
    const anthropic = JSON.parse(
      (await send(gateway, { path: '/v1/messages', body: CHAT, headers })).body.toString(),
    );
    assert.deepEqual([anthropic.type, anthropic.error.type], ['error', 'authentication_error']);
    const nowhere = await send(gateway, { path: '/nowhere', body: CHAT });
    assert.equal(nowhere.status, 404);
    assert.equal(JSON.parse(nowhere.body.toString()).error.type, 'not_found_error');
  });

  it('takes no other protocol, but lets an offer of HTTP/2 be', async () => {
    const { gateway, upstream } = await start();
    const upgrade = (protocol: string) => ({ connection: 'upgrade', upgrade: protocol });
    assert.equal((await send(gateway, { body: CHAT, headers: upgrade('websocket') })).status, 501);
    assert.equal(upstream.requests.length, 0);
    assert.equal(
      (await send(gateway, { body: CHAT, headers: { ...upgrade('h2c'), 'http2-settings': '' } })).status,
      200,
    );
    assert.equal(upstream.requests[0]?.headers['upgrade'], undefined);
  });

  it('takes bodies of 32 MiB, and none that are longer, packed or not', async function () {
    this.timeout(60_000);
    const { gateway, upstream } = await start();
    const long = Buffer.alloc(32 * MIB, ' ');
    long.write(JSON.stringify(CHAT));
    assert.equal((await send(gateway, { body: long })).status, 200);
    const longer = await send(gateway, { body: Buffer.concat([long, Buffer.from(' ')]) });
    assert.equal(longer.status, 413);
    assert.equal(JSON.parse(longer.body.toString()).error.type, 'request_too_large');
    assert.equal(upstream.requests.length, 1);
  });

  it('lives through any bytes that come over a socket', async function () {
    this.timeout(60_000);
    const { gateway } = await start();
    const auth = `host: localhost\r\nauthorization: Bearer ${TOKEN}\r\n`;
    const line = fc.constantFrom(
      ...[
        'POST /v1/chat/completions HTTP/1.1\r\n',
        'GET /v1/models HTTP/1.1\r\n',
        'POST //evil.test/x HTTP/1.1\r\n',
        'CONNECT evil.test:443 HTTP/1.1\r\n',
      ],
      ...[
        'OPTIONS * HTTP/1.1\r\n',
        'POST http://evil.test/v1/x HTTP/1.1\r\n',
        'GET /v1/%00%ff HTTP/1.0\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'TRACE /v1/x HTTP/1.1\r\n',
      ],
    );
    const header = fc.constantFrom(
      ...[
        auth,
        'content-length: 5\r\n',
        'content-length: -1\r\n',
        'transfer-encoding: chunked\r\n',
        'transfer-encoding: gzip, chunked\r\n',
        'expect: 100-continue\r\n',
      ],
      ...[
        'upgrade: websocket\r\nconnection: upgrade\r\n',
        'content-encoding: gzip\r\n',
        'content-encoding: zstd\r\n',
        'connection: authorization, x\r\n',
        'trailer: x\r\n',
        'te: trailers\r\n',
        'traceparent: x\r\n',
        'content-type: application/json\r\n',
      ],
    );
    const body = fc.oneof(
      fc.constantFrom(
        '',
        'hello',
        '{"model":',
        '5\r\nhello\r\n0\r\n\r\n',
        'ffffffffff\r\n',
        '{"model":{},"stream":1,"messages":[{"role":5}]}',
        '[]',
        'null',
      ),
      fc.string(),
    );
    const request = fc.tuple(line, fc.array(header, { maxLength: 5 }), fc.boolean(), body);

    await fc.assert(
      fc.asyncProperty(request, fc.boolean(), async ([first, headers, isKnown, rest], isCut) => {
        const received = overSocket(gateway.server.port, (socket) => {
          socket.write(`${first}${isKnown ? auth : ''}${headers.join('')}\r\n${rest}`);
          if (isCut) setImmediate(() => socket.destroy());
          else {
            socket.once('data', () => setImmediate(() => socket.destroy()));
            setTimeout(() => socket.destroy(), 60);
          }
        });
        assert.match(await received, /^(?:$|HTTP\/1\.1 \d{3} )/);
      }),
      { numRuns: 150 },
    );
    assert.equal((await send(gateway, { body: CHAT })).status, 200);
    assert.deepEqual(gateway.bugs, []);
  });

  it('closes with the exchanges that are under way', async () => {
    const { gateway } = await fixture.start(() => 'hang');
    const cut = send(gateway, { body: CHAT }).catch((error: Error) => error.message);
    while (gateway.gateway.status().routes[0]?.inFlight !== 1) await new Promise(setImmediate);
    await gateway.server.close(50);
    assert.match(String(await cut), /hang up|ECONNRESET/);
    assert.equal((await gateway.ended(1))[0]?.ending, 'left');
  });

  it('says that a body is not whole', async () => {
    const { gateway } = await start();
    const received = await overSocket(gateway.server.port, (socket) => {
      const auth = `host: localhost\r\nauthorization: Bearer ${TOKEN}\r\n`;
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\n${auth}connection: close\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello`,
      );
    });
    assert.equal(statusOf(received), 400);
  });
});
