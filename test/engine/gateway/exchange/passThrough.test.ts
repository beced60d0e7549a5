import assert from 'node:assert/strict';
import { type ScriptedUpstream, startScriptedUpstream } from '../../../support/gateway/scriptedUpstream.ts';
import {
  CHAT,
  chatReply,
  chatStream,
  KEY,
  provider,
  send,
  startGateway,
  type TestGateway,
  TOKEN,
} from '../../../support/gateway/testGateway.ts';

describe('an exchange', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  async function start(
    script: Parameters<typeof startScriptedUpstream>[0],
    more: Partial<Parameters<typeof startGateway>[0]> = {},
  ): Promise<{ upstream: ScriptedUpstream; gateway: TestGateway }> {
    const upstream = await startScriptedUpstream(script);
    const gateway = await startGateway({ providers: { openai: provider(upstream.baseUrl) }, ...more });
    open.push(upstream, gateway);
    return { upstream, gateway };
  }

  it('gives the bytes of a reply as they were, and asks with the key of the provider', async () => {
    const body = chatReply('hi');
    const { upstream, gateway } = await start(() => ({
      body,
      headers: { 'X-Request-Id': 'r1', 'content-type': 'application/json' },
    }));
    const got = await send(gateway, {
      body: CHAT,
      headers: { 'x-api-key': 'mine', cookie: 'a=b', 'x-base-url': 'http://evil.test' },
    });
    assert.equal(got.status, 200);
    assert.equal(got.body.toString(), body);
    assert.ok(got.rawHeaders.includes('X-Request-Id'));

    const [request] = upstream.requests;
    assert.equal(request?.target, '/v1/chat/completions');
    assert.deepEqual(request?.json, CHAT);
    assert.equal(request?.headers['authorization'], `Bearer ${KEY}`);
    for (const name of ['x-api-key', 'cookie', 'x-base-url'])
      assert.equal(request?.headers[name], undefined, name);
    assert.ok(!JSON.stringify(request).includes(TOKEN));

    const [ended] = await gateway.ended(1);
    assert.equal(ended?.ending, 'done');
    assert.equal(ended?.reply?.body?.toString(), body);
    assert.deepEqual(gateway.bugs, []);
  });

  it('gives a stream as it comes', async () => {
    const text = chatStream('Hel', 'lo');
    const { gateway } = await start(() => ({ body: [{ write: text, pieceBytes: 7 }] }));
    const got = await send(gateway, {
      body: { ...CHAT, stream: true, stream_options: { include_usage: true } },
    });
    assert.equal(got.body.toString(), text);
    assert.equal((await gateway.ended(1))[0]?.ending, 'done');
  });

  it('ends the call of the upstream when its client leaves', async () => {
    const { upstream, gateway } = await start(() => ({
      body: [{ write: chatStream('a').split('data: [DONE]')[0] ?? '' }, 'hang'],
    }));
    await send(gateway, { body: { ...CHAT, stream: true }, leaveAfter: 1 }).catch(() => {});
    await upstream.left;
    assert.equal((await gateway.ended(1))[0]?.ending, 'left');
  });

  it('passes a refusal on as it is', async () => {
    const body = '{"error":{"message":"no such key","type":"invalid_request_error"}}';
    const { gateway } = await start(() => ({
      status: 401,
      body,
      headers: { 'content-type': 'application/json' },
    }));
    const got = await send(gateway, { body: { ...CHAT, stream: true } });
    assert.equal(got.status, 401);
    assert.equal(got.body.toString(), body);
    const [ended] = await gateway.ended(1);
    assert.equal(ended?.ending, 'done');
    assert.equal(ended?.status, 401);
  });

  it('says in the form of the API that nobody was reached', async () => {
    const gateway = await startGateway({ providers: { openai: provider('http://127.0.0.1:9/v1') } });
    open.push(gateway);
    const got = await send(gateway, { body: CHAT });
    assert.equal(got.status, 502);
    assert.match(got.body.toString(), /openai\/gpt-5-mini was not reached/);
    assert.equal((await gateway.ended(1))[0]?.ending, 'failed');
  });
});
