import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import {
  CHAT,
  chatReply,
  KEY,
  provider,
  route,
  send,
  type TestGateway,
  TOKEN,
} from '../../../support/gateway/testGateway.ts';

const CLIENT_KEY = 'sk-of-the-client-55aa';

describe('credentials in the gateway', () => {
  const fixture = gatewayFixture();

  /** Everything that it told anybody, and what it stored. */
  async function toldBy(gateway: TestGateway): Promise<string> {
    await gateway.gateway.close();
    const { finished, spans, logged, bugs } = gateway;
    const bodies = finished.map(({ reply, request }) => `${reply?.body} ${request.body}`);
    const status = gateway.gateway.status();
    return JSON.stringify({ finished, spans, logged, bugs: bugs.map(String), bodies, status });
  }

  it('gives the key of a provider to its own origin, and what a client shows to nobody', async () => {
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    const shown = {
      authorization: `Bearer ${TOKEN}`,
      'x-api-key': CLIENT_KEY,
      'api-key': CLIENT_KEY,
      'x-goog-api-key': CLIENT_KEY,
      cookie: `session=${CLIENT_KEY}`,
      'proxy-authorization': `Basic ${CLIENT_KEY}`,
      'x-custom': `token ${TOKEN}`,
    };
    await send(gateway, { body: CHAT, headers: shown, path: `/v1/chat/completions?key=${TOKEN}&a=1` });
    const [request] = upstream.requests;
    assert.equal(request?.headers['authorization'], `Bearer ${KEY}`);
    assert.equal(request?.target, '/v1/chat/completions?a=1');
    const received = JSON.stringify([request?.rawHeaders, request?.target, request?.json]);
    assert.ok(!received.includes(CLIENT_KEY), received);
    assert.ok(!received.includes(TOKEN), received);

    const told = await toldBy(gateway);
    for (const secret of [KEY, TOKEN, CLIENT_KEY]) assert.ok(!told.includes(secret), secret);
  });

  it('tells no provider where a client is and by which way it came', async () => {
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    const came = {
      ...{ forwarded: 'for=192.0.2.7', via: '1.1 proxy', 'x-real-ip': '192.0.2.7' },
      ...{ 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'inner.example', 'x-forwarded': '1' },
      ...{ 'x-client-ip': '192.0.2.7', 'true-client-ip': '192.0.2.7', 'cf-connecting-ip': '192.0.2.7' },
      ...{ 'x-original-url': '/admin', 'x-remote-addr': '192.0.2.7', 'x-cluster-client-ip': '192.0.2.7' },
    };
    const kept = { 'x-request-id': 'r1', 'openai-organization': 'org', 'x-ip-rules': 'strict' };
    await send(gateway, { body: CHAT, headers: { ...came, ...kept } });
    const headers = upstream.requests[0]?.headers ?? {};
    for (const name of Object.keys(came)) assert.equal(headers[name], undefined, name);
    for (const [name, value] of Object.entries(kept)) assert.equal(headers[name], value);
  });

  it('keeps to itself the key that a server quotes', async () => {
    const quoted = JSON.stringify({
      error: { message: `the key ${KEY} (${Buffer.from(KEY).toString('base64')}) is wrong` },
    });
    const headers = { 'content-type': 'application/json', 'x-said': `Bearer ${KEY}` };
    for (const reply of [
      { status: 401, body: quoted, headers },
      { status: 400, body: gzipSync(quoted), headers: { ...headers, 'content-encoding': 'gzip' } },
      { status: 200, body: quoted, headers },
    ]) {
      const { gateway } = await fixture.start(() => reply);
      const got = await send(gateway, { body: CHAT });
      const said = got.body.toString() + JSON.stringify(got.rawHeaders);
      assert.ok(!said.includes(KEY), said);
      assert.match(got.body.toString(), /the key \[key\]/);
      assert.equal(got.headers['content-encoding'], undefined);
      await gateway.ended(1);
      assert.ok(!(await toldBy(gateway)).includes(KEY));
    }
  });

  it('stores no key that stands in an answer, which its client gets as it is', async () => {
    const { gateway } = await fixture.start(() => ({ body: chatReply(`your key is ${KEY}`) }));
    assert.equal((await send(gateway, { body: CHAT })).body.toString(), chatReply(`your key is ${KEY}`));
    await gateway.ended(1);
    const told = await toldBy(gateway);
    assert.ok(!told.includes(KEY), told);
    assert.match(told, /your key is \[key\]/);
  });

  it('passes no body on that shows the token of the gateway', async () => {
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    assert.equal((await send(gateway, { body: { ...CHAT, api_key: TOKEN } })).status, 400);
    assert.equal(upstream.requests.length, 0);
  });

  it('shows the key in the header of the API: Anthropic’s own, and both to others that speak like it', async () => {
    const upstream = await fixture.upstream(() => ({ body: '{"type":"message","content":[]}' }));
    const gateway = await fixture.gateway({
      providers: { anthropic: provider(upstream.baseUrl) },
      config: null,
    });
    await send(gateway, {
      path: '/v1/messages',
      body: { ...CHAT, max_tokens: 9 },
      headers: { 'x-api-key': TOKEN, authorization: '' },
    });
    const [request] = upstream.requests;
    assert.equal(request?.headers['x-api-key'], KEY);
    assert.equal(request?.headers['authorization'], `Bearer ${KEY}`);
  });

  it('is steered by nothing that a request says of addresses and keys', async () => {
    const evil = await fixture.upstream(() => ({ body: chatReply('evil') }));
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    const { origin } = evil;
    const steering = {
      api_base: origin,
      base_url: origin,
      api_key: 'sk-x',
      custom_llm_provider: 'evil',
      extra: { api_base: origin },
    };
    const headers = {
      ...{
        'x-base-url': origin,
        'x-openai-base-url': origin,
        'api-base': origin,
        'x-litellm-api-base': origin,
      },
      ...{
        'x-portkey-custom-host': origin,
        'x-upstream-url': origin,
        'x-target-host': origin,
        'x-custom-llm-provider': 'evil',
      },
    };
    const body = JSON.stringify({ ...CHAT, ...steering });
    const got = await send(gateway, { body, headers, path: `/v1/chat/completions?api_base=${origin}` });
    assert.equal(got.body.toString(), chatReply('hi'));
    assert.equal(evil.requests.length, 0);
    const [request] = upstream.requests;
    assert.equal(request?.bytes.toString(), body);
    for (const name of Object.keys(headers)) assert.equal(request?.headers[name], undefined, name);
  });

  it('never follows a redirect with a key', async () => {
    const other = await fixture.upstream(() => ({ body: chatReply('evil') }));
    const { gateway } = await fixture.start(() => ({
      status: 308,
      headers: { location: other.baseUrl },
      body: '',
    }));
    assert.equal((await send(gateway, { body: CHAT })).status, 308);
    assert.equal(other.requests.length, 0);
  });

  it('asks an agent without any key', async () => {
    const agent = await fixture.upstream(() => ({ body: 'fine' }));
    const gateway = await fixture.gateway({
      providers: { openai: provider(agent.baseUrl) },
      config: {
        routes: [
          route({
            match: { path: '/a' },
            arms: [{ name: 'a', weight: 1, target: { kind: 'agent', url: agent.origin } }],
          }),
        ],
      },
    });
    await send(gateway, { path: '/a/x', body: '{}', headers: { cookie: 'a=b' } });
    assert.ok(!JSON.stringify(agent.requests[0]).includes(KEY));
    for (const name of ['authorization', 'x-api-key', 'cookie'])
      assert.equal(agent.requests[0]?.headers[name], undefined, name);
  });

  it('keeps the key out of what it says of a provider that fails', async () => {
    const { gateway } = await fixture.start(() => 'destroy');
    const got = await send(gateway, { body: CHAT });
    assert.equal(got.status, 502);
    const told = `${got.body} ${JSON.stringify(got.headers)} ${await toldBy(gateway)}`;
    assert.ok(!told.includes(KEY));
  });

  it('says which key is missing, and asks nobody', async () => {
    const upstream = await fixture.upstream(() => ({ body: chatReply('hi') }));
    const gateway = await fixture.gateway({
      providers: { openai: provider(upstream.baseUrl, { apiKey: '$'.concat('{env:MISSING_KEY}') }) },
    });
    const got = await send(gateway, { body: CHAT });
    assert.equal(got.status, 503);
    assert.equal(got.headers['x-touchstone-refused'], 'configuration');
    assert.match(got.body.toString(), /MISSING_KEY/);
    assert.equal(upstream.requests.length, 0);
  });
});
