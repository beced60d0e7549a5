import assert from 'node:assert/strict';
import { request as sendRequest } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { startProtocolUpstream } from '../../../support/gateway/protocolUpstream.ts';
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamReply,
} from '../../../support/gateway/scriptedUpstream.ts';
import { provider, startGateway, type TestGateway, TOKEN } from '../../../support/gateway/testGateway.ts';
import { RECORDED } from '../apis/recordedStreams.ts';

interface Asked {
  method?: string;
  path: string;
  body?: string;
  headers?: { [name: string]: string };
}

interface Received {
  status: number | undefined;
  statusText: string | undefined;
  rawHeaders: string[];
  body: Buffer;
}

const PATHS = { chat: '/v1/chat/completions', messages: '/v1/messages', responses: '/v1/responses' };

/** Of a connection, not of what is said on it (RFC 9110, 7.6.1). */
const HOP_BY_HOP = /^(?:connection|keep-alive|transfer-encoding)$/i;

describe('what a client gets through the gateway is, byte for byte, what it gets of the provider', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function start(upstream: ScriptedUpstream): Promise<TestGateway> {
    const providers = { openai: provider(upstream.baseUrl), anthropic: provider(upstream.baseUrl) };
    const gateway = await startGateway({ config: undefined, providers });
    open.push(upstream, gateway);
    return gateway;
  }

  /** Asks both. */
  async function same(
    upstream: ScriptedUpstream,
    gateway: TestGateway,
    asked: Asked,
    expected: { asked: Asked; body: (given: string) => string } = { asked, body: (given) => given },
  ): Promise<void> {
    const direct = await receive(Number(new URL(upstream.origin).port), expected.asked);
    const through = await receive(gateway.server.port, asked);
    assert.equal(through.body.toString('latin1'), expected.body(direct.body.toString('latin1')));
    const told = ({ status, statusText, rawHeaders }: Received) => [status, statusText, endToEnd(rawHeaders)];
    assert.deepEqual(told(through), told(direct));
  }

  it('in every shape of the APIs', async () => {
    const upstream = await startProtocolUpstream(11);
    const gateway = await start(upstream);
    const messages = [{ role: 'user', content: 'Where is it?' }];
    const tools = [{ type: 'function', function: { name: 'weather' } }];
    for (const [path, body] of [
      [PATHS.chat, { messages }],
      [PATHS.chat, { messages, tools }],
      [PATHS.chat, { messages, stream: true, stream_options: { include_usage: true } }],
      [PATHS.responses, { input: 'x' }],
      [PATHS.responses, { input: 'x', stream: true }],
      [PATHS.messages, { messages, max_tokens: 5 }],
      [PATHS.messages, { messages, max_tokens: 5, stream: true }],
      ['/v1/embeddings', { input: ['a', 'b'] }],
    ] as const)
      await same(upstream, gateway, { path, body: JSON.stringify({ model: 'gpt-4o', ...body }) });

    await same(upstream, gateway, { method: 'GET', path: '/v1/models' });
    await same(upstream, gateway, { method: 'GET', path: '/v1/models/gpt-4o?x=1' });
    assert.deepEqual(gateway.bugs, []);
  });

  it('where only the gateway asks for the usage: without its event, and nothing else is changed', async () => {
    const upstream = await startProtocolUpstream(11);
    const gateway = await start(upstream);
    const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Where is it?' }], stream: true };
    const withUsage = { ...body, stream_options: { include_usage: true } };
    const [asked, asking] = [body, withUsage].map((one) => ({ path: PATHS.chat, body: JSON.stringify(one) }));
    assert.ok(asked && asking);
    await same(upstream, gateway, asked, {
      asked: asking,
      body: (given) => given.replace(/data: [^\n]*"choices":\[\][^\n]*\n\n/, ''),
    });
  });

  it('where a server does not know how its usage is asked for: it is asked again without, once', async () => {
    const refusal = '{"error":{"message":"Unrecognized request argument supplied: stream_options"}}';
    const events =
      'data: {"choices":[{"delta":{"content":"hello world"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    const upstream = await startScriptedUpstream(({ json }) =>
      json && 'stream_options' in json
        ? { status: 400, headers: { 'content-type': 'application/json' }, body: refusal }
        : { body: events },
    );
    const gateway = await start(upstream);
    const asked = { path: PATHS.chat, body: '{"model":"gpt-4o","stream":true,"messages":[]}' };
    await same(upstream, gateway, asked);
    await same(upstream, gateway, asked);
    assert.deepEqual(
      upstream.requests.map(({ json }) => json && 'stream_options' in json),
      [false, true, false, false, false],
    );
    assert.equal((await gateway.ended(2)).at(-1)?.summary?.usage?.counted, true);

    const asking = {
      ...asked,
      body: '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}}',
    };
    await same(upstream, gateway, asking);
  });

  it('in the shapes of real servers, at any split and with any line ends', async () => {
    let reply: UpstreamReply = 'hang';
    const upstream = await startScriptedUpstream(() => reply);
    const gateway = await start(upstream);
    const asked = {
      model: 'm',
      stream: true,
      stream_options: { include_usage: true },
      messages: [],
      input: 'x',
    };
    for (const [index, { api, events }] of RECORDED.entries()) {
      if (api !== 'chat' && api !== 'messages' && api !== 'responses') continue;
      const end = ['\n', '\r\n', '\r'][index % 3] ?? '\n';
      const write = events.join('').replaceAll('\n', end);
      reply = {
        headers: {
          'Content-Type': 'text/event-stream',
          'X-Odd': 'ü'.normalize('NFC'),
          'x-twice': ['1', '2'],
        },
        body: [{ write, pieceBytes: 5 + index * 3 }],
      };
      await same(upstream, gateway, { path: PATHS[api], body: JSON.stringify(asked) });
    }
    assert.deepEqual(gateway.bugs, []);
  });

  it('packed, refused, redirected, empty, without a reason or with one of its own', async () => {
    let reply: UpstreamReply = 'hang';
    const upstream = await startScriptedUpstream(() => reply);
    const gateway = await start(upstream);
    const json = { 'content-type': 'application/json' };
    const whole = '{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}';
    const path = PATHS.chat;
    const body = '{"model":"m","messages":[]}';
    for (const given of [
      { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(whole) },
      { headers: { ...json, 'content-encoding': 'br' }, body: brotliCompressSync(whole) },
      { headers: { ...json, etag: '"a"', 'content-language': 'de' }, body: whole },
      { status: 400, headers: json, body: '{"error":{"message":"no"}}' },
      { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'who are you' },
      { status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>oops</h1>' },
      { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' }, body: '' },
      { status: 204, headers: {}, body: '' },
      // The last: what comes behind it waits.
      {
        status: 429,
        headers: { ...json, 'retry-after': '7', 'x-ratelimit-reset-tokens': '6m0s' },
        body: '{}',
      },
    ]) {
      reply = given;
      await same(upstream, gateway, { path, body, headers: { 'accept-encoding': 'gzip, br' } });
    }
    assert.deepEqual(gateway.bugs, []);
  });

  it('and the provider gets what the client sent, but for its credentials and the usage that is asked for', async () => {
    const upstream = await startProtocolUpstream();
    const gateway = await start(upstream);
    const odd =
      '\n{ "model": "gpt-4o",\t"n" : 1.0e0, "n":1, "messages":[{"role":"user","content":"\\u00fc\\/ü"}] }\r\n';
    await receive(gateway.server.port, { path: PATHS.chat, body: odd, headers: { 'x-mine': 'Yes' } });
    assert.equal(upstream.requests.at(-1)?.bytes.toString(), odd);
    assert.equal(upstream.requests.at(-1)?.headers['x-mine'], 'Yes');

    await receive(gateway.server.port, { path: PATHS.chat, body: odd.replace('"n":1', '"stream":true') });
    assert.equal(
      upstream.requests.at(-1)?.bytes.toString(),
      odd.replace('"n":1', '"stream":true').replace('] }', '],"stream_options":{"include_usage":true} }'),
    );
  });
});

function endToEnd(rawHeaders: readonly string[]): string[] {
  const told: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    // The moment may be another.
    if (!HOP_BY_HOP.test(name)) told.push(name.toLowerCase() === 'date' ? name : `${name}: ${value}`);
  }
  return told;
}

function receive(port: number, { method = 'POST', path, body, headers = {} }: Asked): Promise<Received> {
  return new Promise((resolve, reject) => {
    const given = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers };
    const outgoing = sendRequest(
      { host: '127.0.0.1', port, method, path, headers: given, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const { statusCode: status, statusMessage: statusText, rawHeaders } = incoming;
          resolve({ status, statusText, rawHeaders, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
