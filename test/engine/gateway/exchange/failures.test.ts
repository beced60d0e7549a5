import assert from 'node:assert/strict';
import { memoryLedger } from '../../../../src/engine/resilience/budget/memoryLedger.ts';
import { DEFAULT_RESILIENCE } from '../../../../src/engine/resilience/resilienceConfig.ts';
import type { ArmTarget } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import {
  CHAT,
  chatReply,
  chatStream,
  provider,
  route,
  send,
  startGateway,
} from '../../../support/gateway/testGateway.ts';

const STREAMED = { ...CHAT, stream: true, stream_options: { include_usage: true } };
const RETRIED = {
  ...DEFAULT_RESILIENCE,
  breaker: null,
  retry: { attempts: 3, budget: 1, baseMs: 1, maxMs: 2 },
};
const to = (name: string, model?: string): ArmTarget => ({
  kind: 'provider',
  provider: name,
  ...(model ? { model } : {}),
});

describe('an exchange whose upstream fails', () => {
  const fixture = gatewayFixture();

  it('passes a refusal on as it is, at once, also of a stream', async () => {
    const body = '{"error":{"message":"no such key","type":"invalid_request_error"}}';
    const { gateway } = await fixture.start(() => ({
      status: 401,
      body,
      headers: { 'content-type': 'application/json' },
    }));
    const got = await send(gateway, { body: STREAMED });
    assert.equal(got.status, 401);
    assert.equal(got.body.toString(), body);
    const [ended] = await gateway.ended(1);
    assert.deepEqual([ended?.ending, ended?.status], ['done', 401]);
  });

  it('says in the form of the API that nobody was reached', async () => {
    const gateway = await startGateway({
      providers: { openai: provider('http://127.0.0.1:9/v1'), anthropic: provider('http://127.0.0.1:9/v1') },
      config: null,
    });
    try {
      const chat = await send(gateway, { body: CHAT });
      assert.equal(chat.status, 502);
      const said = JSON.parse(chat.body.toString());
      assert.match(said.error.message, /^openai\/gpt-5-mini was not reached: .*ECONNREFUSED/);
      const messages = await send(gateway, { path: '/v1/messages', body: { ...CHAT, max_tokens: 9 } });
      assert.equal(JSON.parse(messages.body.toString()).type, 'error');
    } finally {
      await gateway.close();
    }
  });

  it('takes a success without anything in it for an error', async () => {
    for (const body of ['', 'data: [DONE]\n\n', ': ping\n\n']) {
      const { gateway } = await fixture.start(() => ({ body }));
      const got = await send(gateway, { body: STREAMED });
      assert.equal(got.status, 502, JSON.stringify(body));
      assert.equal((await gateway.ended(1))[0]?.status, 502);
    }
  });

  it('asks again before the first content, though the stream had begun', async () => {
    const [first = ''] = chatStream('x').split(/(?<=\n\n)/);
    const upstream = await fixture.upstream((_, index) =>
      index < 2 ? { body: [{ write: first }, 'cut'] } : { body: chatStream('a', 'b') },
    );
    const gateway = await fixture.gateway({
      providers: { openai: provider(upstream.baseUrl, { resilience: RETRIED }) },
    });
    const got = await send(gateway, { body: STREAMED });
    assert.equal(got.body.toString(), chatStream('a', 'b'));
    assert.equal(upstream.requests.length, 3);
  });

  it('never asks again after it', async () => {
    const [first = '', second = ''] = chatStream('x').split(/(?<=\n\n)/);
    const upstream = await fixture.upstream(() => ({
      body: [{ write: first + second }, { pauseMs: 50 }, 'cut'],
    }));
    const gateway = await fixture.gateway({
      providers: { openai: provider(upstream.baseUrl, { resilience: RETRIED }) },
      config: { routes: [route({ fallbacks: [to('openai', 'other')] })] },
    });
    const got = await send(gateway, { body: STREAMED });
    assert.equal(got.body.toString(), first + second);
    assert.ok(got.isCut);
    assert.equal(upstream.requests.length, 1);
    assert.equal((await gateway.ended(1))[0]?.ending, 'cut');
  });

  it('lets another provider answer, for its own model, with its own key', async () => {
    const broken = await fixture.upstream(() => ({ status: 503, body: '{}' }));
    const other = await fixture.upstream(() => ({ body: chatReply('from the other') }));
    const gateway = await fixture.gateway({
      providers: { openai: provider(broken.baseUrl), other: provider(other.baseUrl, { apiKey: 'sk-other' }) },
      config: { routes: [route({ fallbacks: [to('other', 'large')] })] },
    });
    const got = await send(gateway, { body: CHAT });
    assert.equal(got.body.toString(), chatReply('from the other'));
    assert.equal(other.requests[0]?.headers['authorization'], 'Bearer sk-other');
    assert.deepEqual(other.requests[0]?.json, { ...CHAT, model: 'large' });
    assert.equal((await gateway.ended(1))[0]?.source, 'fallback');
  });

  it('lets nobody else answer where the request itself is wrong', async () => {
    const wrong = await fixture.upstream(() => ({ status: 400, body: '{"error":{"message":"wrong"}}' }));
    const other = await fixture.upstream(() => ({ body: chatReply('no') }));
    const gateway = await fixture.gateway({
      providers: { openai: provider(wrong.baseUrl), other: provider(other.baseUrl) },
      config: { routes: [route({ fallbacks: [to('other')] })] },
    });
    assert.equal((await send(gateway, { body: CHAT })).status, 400);
    assert.equal(other.requests.length, 0);
  });

  it('says why the first failed where all do', async () => {
    const gateway = await fixture.gateway({
      providers: {
        openai: provider((await fixture.upstream(() => ({ status: 500, body: '{"a":1}' }))).baseUrl),
        other: provider((await fixture.upstream(() => 'destroy')).baseUrl),
      },
      config: {
        routes: [route({ fallbacks: [to('other'), { kind: 'release', release: 'gone' }, to('nobody')] })],
      },
    });
    const got = await send(gateway, { body: CHAT });
    assert.deepEqual([got.status, got.body.toString()], [500, '{"a":1}']);
  });

  it('tells the client at once of a pause that is longer than anybody waits', async () => {
    const upstream = await fixture.upstream(() => ({
      ...{ status: 429, body: '{"error":{"message":"slow down"}}' },
      headers: { 'content-type': 'application/json', 'retry-after': '30' },
    }));
    const gateway = await fixture.gateway({
      providers: { openai: provider(upstream.baseUrl, { resilience: RETRIED }) },
    });

    const first = await send(gateway, { body: CHAT });
    assert.deepEqual([first.status, first.headers['retry-after']], [429, '30']);
    const second = await send(gateway, { body: STREAMED });
    assert.deepEqual([second.status, second.headers['x-touchstone-refused']], [429, 'pace']);
    assert.ok(Number(second.headers['retry-after']) > 5);
    assert.doesNotMatch(second.body.toString(), /deadline/);
    assert.equal(upstream.requests.length, 1);
  });

  it('waits for a pause and for a place as long as the route says', async () => {
    const upstream = await fixture.upstream((_request, index) =>
      index === 0
        ? { status: 429, body: '{}', headers: { 'content-type': 'application/json', 'retry-after': '2' } }
        : { body: [{ pauseMs: 300 }, { write: chatReply('late') }] },
    );
    const limits = { ...route().limits, pauseMs: 0, queueMs: 0 };
    const gateway = await fixture.gateway({
      providers: { openai: provider(upstream.baseUrl, { resilience: RETRIED }) },
      config: { routes: [route({ limits })] },
    });
    gateway.guards.pools.configure({ gateway: { maxConcurrency: 1, whenFull: 'wait' } }, memoryLedger);
    const at = performance.now();
    assert.equal((await send(gateway, { body: CHAT })).status, 429);
    assert.ok(performance.now() - at < 1_500);

    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const both = await Promise.all([send(gateway, { body: CHAT }), send(gateway, { body: CHAT })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 503]);
    assert.equal(upstream.requests.length, 2);
  });

  it('lets another provider answer in place of one that asks for a long pause', async () => {
    const limited = await fixture.upstream(() => ({
      status: 429,
      body: '{}',
      headers: { 'retry-after': '30' },
    }));
    const other = await fixture.upstream(() => ({ body: chatReply('from the other') }));
    const gateway = await fixture.gateway({
      providers: {
        openai: provider(limited.baseUrl, { resilience: RETRIED }),
        other: provider(other.baseUrl, { apiKey: 'sk-other' }),
      },
      config: { routes: [route({ fallbacks: [to('other')] })] },
    });
    for (const _ of [1, 2])
      assert.equal((await send(gateway, { body: CHAT })).body.toString(), chatReply('from the other'));
    assert.equal(limited.requests.length, 1);
  });

  it('waits for the first content and for the next byte, each for its own time', async () => {
    const limits = { firstTokenMs: 200, idleMs: 5_000, wholeMs: 20_000, pauseMs: 5_000, queueMs: 60_000 };
    const { gateway, upstream } = await fixture.start(() => ({ body: [{ write: ': ping\n\n' }, 'hang'] }), {
      config: { routes: [route({ limits })] },
    });
    const late = await send(gateway, { body: STREAMED });
    assert.equal(late.status, 504);
    await upstream.left;
    assert.equal((await gateway.ended(1))[0]?.ending, 'timeout');

    const text = chatStream('x').split('data: [DONE]')[0] ?? '';
    const second = await fixture.start(() => ({ body: [{ write: text }, 'hang'] }), {
      config: {
        routes: [
          route({
            limits: { firstTokenMs: 20_000, idleMs: 200, wholeMs: 40_000, pauseMs: 5_000, queueMs: 60_000 },
          }),
        ],
      },
    });
    const silent = await send(second.gateway, { body: STREAMED });
    assert.ok(silent.isCut);
    assert.equal(silent.body.toString(), text);
    const [ended] = await second.gateway.ended(1);
    assert.deepEqual([ended?.ending, ended?.reason], ['timeout', 'nothing came for 0.2 s']);
  });

  it('ends at the limit of the whole, however lively the stream is', async () => {
    const text = chatStream(...Array.from({ length: 400 }, () => 'x'));
    const { gateway } = await fixture.start(
      () => ({ body: [{ write: text, pieceBytes: 200, everyMs: 20 }] }),
      {
        config: {
          routes: [
            route({
              limits: { firstTokenMs: 5_000, idleMs: 5_000, wholeMs: 400, pauseMs: 5_000, queueMs: 60_000 },
            }),
          ],
        },
      },
    );
    const got = await send(gateway, { body: STREAMED });
    assert.ok(got.isCut);
    assert.equal((await gateway.ended(1))[0]?.ending, 'timeout');
  });

  it('ends the call of the upstream when its client leaves, before and after the head', async () => {
    const text = chatStream('x').split('data: [DONE]')[0] ?? '';
    for (const body of [text, '']) {
      const { gateway, upstream } = await fixture.start(() => ({
        body: [{ write: text === body ? text : ': ping\n\n' }, 'hang'],
      }));
      const leaving = new AbortController();
      const got = send(gateway, { body: STREAMED, signal: leaving.signal, onBytes: () => leaving.abort() });
      if (body === '') upstream.received(1).then(() => leaving.abort());
      await got.catch(() => {});
      await upstream.left;
      const [ended] = await gateway.ended(1);
      assert.deepEqual([ended?.ending, ended?.reason], ['left', 'the client has left']);
    }
  });

  it('leaves the queue with its client, and sends nothing', async () => {
    const { gateway, upstream } = await fixture.start(() => 'hang');
    gateway.guards.pools.configure({ gateway: { maxConcurrency: 1, whenFull: 'wait' } }, memoryLedger);
    const leaving = new AbortController();
    const first = send(gateway, { body: CHAT, signal: leaving.signal }).catch(() => {});
    await upstream.received(1);
    const second = new AbortController();
    const waits = send(gateway, { body: CHAT, signal: second.signal }).catch(() => {});
    while (gateway.guards.pools.health().find(({ pool }) => pool === 'gateway')?.queue.waiting !== 1)
      await new Promise(setImmediate);
    second.abort();
    await waits;
    await gateway.ended(1);
    assert.equal(gateway.finished[0]?.ending, 'left');
    assert.equal(upstream.requests.length, 1);
    leaving.abort();
    await first;
    await gateway.ended(2);
  });

  it('refuses what a budget does not allow: nothing is sent, and nothing counted', async () => {
    const { gateway, upstream } = await fixture.start(() => ({
      body: chatReply('a', { prompt_tokens: 600, completion_tokens: 300, total_tokens: 900 }),
    }));
    const ledger = memoryLedger();
    gateway.guards.pools.configure({ gateway: { tokensPerHour: 1_000, whenFull: 'reject' } }, () => ledger);
    const body = { ...CHAT, max_tokens: 200 };
    assert.equal((await send(gateway, { body })).status, 200);
    await gateway.ended(1);
    assert.equal(ledger.used('gateway', Date.now()).tokens.used, 900);

    const refused = await send(gateway, { body });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['x-touchstone-refused'], 'budget');
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.match(JSON.parse(refused.body.toString()).error.message, /budget of the bulkhead 'gateway'/);
    assert.equal(upstream.requests.length, 1);
    assert.equal(ledger.used('gateway', Date.now()).tokens.used, 900);
    assert.deepEqual(ledger.used('gateway', Date.now()).tokens.reserved, 0);
    const ended = (await gateway.ended(2))[1];
    assert.deepEqual([ended?.ending, ended?.costUsd], ['refused', null]);
  });

  it('refuses what a breaker keeps from a provider that fails', async () => {
    const upstream = await fixture.upstream(() => ({ status: 500, body: '{}' }));
    const breaker = { ...DEFAULT_RESILIENCE.breaker, failures: 2 } as NonNullable<
      typeof DEFAULT_RESILIENCE.breaker
    >;
    const gateway = await fixture.gateway({
      providers: { openai: provider(upstream.baseUrl, { resilience: { ...RETRIED, retry: null, breaker } }) },
    });
    for (let at = 0; at < 2; at += 1) assert.equal((await send(gateway, { body: CHAT })).status, 500);
    const refused = await send(gateway, { body: CHAT });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers['x-touchstone-refused'], 'breaker');
    assert.equal(upstream.requests.length, 2);
  });

  it('costs what the provider counted, by its prices', async () => {
    const upstream = await fixture.upstream(() => ({
      body: chatReply('a', { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 }),
    }));
    const prices = { 'gpt-5-mini': { input: 1, output: 10 } };
    const gateway = await fixture.gateway({ providers: { openai: provider(upstream.baseUrl, { prices }) } });
    await send(gateway, { body: CHAT });
    assert.equal((await gateway.ended(1))[0]?.costUsd, 0.006);
    const [status] = gateway.gateway.status().routes[0]?.arms ?? [];
    assert.deepEqual(
      [status?.requests, status?.tokens, status?.costUsd, status?.unpriced],
      [1, 1_500, 0.006, 0],
    );
  });
});
