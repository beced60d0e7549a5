import assert from 'node:assert/strict';
import type { RouteConfig } from '../../../../src/engine/suites/gateway/gatewayConfig.ts';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import {
  CHAT,
  chatReply,
  chatStream,
  provider,
  route,
  send,
  type TestGateway,
} from '../../../support/gateway/testGateway.ts';

const STREAMED = { ...CHAT, stream: true, stream_options: { include_usage: true } };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('a gateway', () => {
  const fixture = gatewayFixture();

  async function spansOf({ gateway, spans }: TestGateway) {
    await gateway.close();
    return spans;
  }

  it('says where nothing fits that its configuration cannot be used', async () => {
    const { gateway } = await fixture.start(() => ({ body: chatReply('x') }));
    const settings = { config: undefined, providers: {}, applyRelease: () => assert.fail() };
    gateway.gateway.use({ ...settings, problem: 'touchstone.yaml cannot be used' });
    const refused = await send(gateway, { body: CHAT });
    assert.equal(refused.status, 503);
    const { error } = JSON.parse(refused.body.toString());
    assert.deepEqual([error.type, error.message], ['configuration_error', 'touchstone.yaml cannot be used']);
    assert.equal(refused.headers['x-should-retry'], 'false');

    gateway.gateway.use({ ...settings, problem: null });
    assert.equal((await send(gateway, { body: CHAT })).status, 404);
  });

  describe('with weights', () => {
    const arms = (a: number, b: number): RouteConfig['arms'] => [
      { name: 'a', weight: a, target: { kind: 'provider', provider: 'openai', model: 'a' } },
      { name: 'b', weight: b, target: { kind: 'provider', provider: 'openai', model: 'b' } },
    ];

    it('gives nothing to an arm of weight 0, be it the only one', async () => {
      const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('x') }), {
        config: { routes: [route({ arms: arms(0, 1) })] },
      });
      for (let at = 0; at < 20; at += 1) await send(gateway, { body: CHAT });
      assert.ok(upstream.requests.every(({ json }) => json?.['model'] === 'b'));

      gateway.gateway.setWeights('main', { b: 0 });
      const refused = await send(gateway, { body: CHAT });
      assert.equal(refused.status, 503);
      assert.match(refused.body.toString(), /no target of the route 'main' has a weight above 0/);
      assert.equal(JSON.parse(refused.body.toString()).error.type, 'configuration_error');
      assert.equal(refused.headers['x-should-retry'], 'false');
      assert.throws(() => gateway.gateway.setWeights('other', {}), /has no route "other"/);
    });

    it('leaves a route whose weights are all 0 to its fallbacks', async () => {
      const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('x') }), {
        config: {
          routes: [
            route({
              arms: arms(0, 0),
              fallbacks: [{ kind: 'provider', provider: 'openai', model: 'spare' }],
              sticky: { by: 'header', header: 'x-user' },
            }),
          ],
        },
      });
      assert.equal((await send(gateway, { body: CHAT, headers: { 'x-user': 'u' } })).status, 200);
      const [finished] = await gateway.ended(1);
      assert.deepEqual([finished?.arm, finished?.source, finished?.ending], [null, 'fallback', 'done']);
      assert.equal(upstream.requests[0]?.json?.['model'], 'spare');

      const { inFlight, mismatch, arms: counted } = gateway.gateway.status().routes[0] ?? {};
      assert.deepEqual([inFlight, mismatch, counted?.map(({ requests }) => requests)], [0, null, [0, 0]]);
    });

    it('asks one arm past the weights where a request names it, which is no traffic of the route', async () => {
      const { upstream, gateway } = await fixture.start(() => ({ body: chatReply('x') }), {
        config: { routes: [route({ arms: arms(1, 0) })] },
      });
      const ask = (arm: string) => send(gateway, { body: CHAT, headers: { 'x-touchstone-arm': arm } });
      assert.equal((await ask('main/b')).status, 200);
      await gateway.ended(1);
      assert.equal(upstream.requests[0]?.json?.['model'], 'b');
      assert.equal(upstream.requests[0]?.headers['x-touchstone-arm'], undefined);
      assert.equal(gateway.finished[0]?.route, 'main/b');
      const [main] = gateway.gateway.status().routes;
      assert.deepEqual([main?.arms.map((arm) => arm.requests), main?.mismatch], [[0, 0], null]);
      for (const wrong of ['main', 'main/c', 'other/b', '/', 'main/b/'])
        assert.equal((await ask(wrong)).status, 404, wrong);
    });

    it('keeps a client with its arm', async () => {
      const { gateway } = await fixture.start(() => ({ body: chatReply('x') }), {
        config: { routes: [route({ arms: arms(1, 1), sticky: { by: 'header', header: 'x-user' } })] },
      });
      for (let at = 0; at < 30; at += 1)
        await send(gateway, { body: CHAT, headers: { 'x-user': `u${at % 5}` } });
      const finished = await gateway.ended(30);
      const armsOf = new Map<string | null, Set<string | null>>();
      for (const { stickyKey, arm } of finished)
        armsOf.set(stickyKey, (armsOf.get(stickyKey) ?? new Set()).add(arm));
      assert.equal(armsOf.size, 5);
      assert.ok([...armsOf.values()].every((one) => one.size === 1));
      assert.equal(gateway.gateway.status().routes[0]?.mismatch, null);
    });
  });

  it('tells of routes that are there without configuration once they are used', async () => {
    const { gateway } = await fixture.start(() => ({ body: chatReply('hi') }), { config: null });
    assert.deepEqual(gateway.gateway.status().routes, []);
    await send(gateway, { body: CHAT });
    await gateway.ended(1);
    const [used] = gateway.gateway.status().routes;
    assert.deepEqual([used?.route, used?.arms[0]?.requests], ['provider/openai', 1]);
  });

  it('answers again from its cache, byte for byte, what is whole and the same', async () => {
    const { gateway, upstream } = await fixture.start(
      ({ json }) =>
        json?.['stream']
          ? { body: [{ write: chatStream('a', 'b'), pieceBytes: 9 }] }
          : { body: chatReply('hi') },
      {
        config: { routes: [route({ cache: true })] },
        keeps: false,
      },
    );
    for (const body of [CHAT, STREAMED]) {
      const first = await send(gateway, { body });
      await gateway.ended(gateway.finished.length);
      const second = await send(gateway, { body, headers: { 'user-agent': 'another' } });
      assert.equal(second.headers['x-touchstone-source'], 'cache');
      assert.equal(first.headers['x-touchstone-source'], undefined);
      assert.ok(second.body.equals(first.body));
      assert.equal(second.headers['content-type'], first.headers['content-type']);
    }
    assert.equal(upstream.requests.length, 2);
    const finished = await gateway.ended(4);
    assert.deepEqual(
      finished.map(({ source }) => source),
      ['upstream', 'cache', 'upstream', 'cache'],
    );
    assert.deepEqual([finished[1]?.costUsd, finished[1]?.reply], [0, null]);

    await send(gateway, { body: ` ${JSON.stringify(CHAT)}` });
    await send(gateway, { body: { ...CHAT, temperature: 0 } });
    await send(gateway, { body: CHAT, headers: { 'openai-beta': 'x' } });
    assert.equal(upstream.requests.length, 5);
  });

  it('keeps nothing in its cache that failed, was cut off, or is not whole', async () => {
    const cut = chatReply('hi').replace('"stop"', '"length"');
    const replies = [
      { status: 500, body: '{}' },
      { body: cut },
      { body: chatReply('').replace('"stop"', '"content_filter"') },
    ];
    const { gateway, upstream } = await fixture.start(
      (_, index) => replies[index] ?? { body: chatReply('whole') },
      { config: { routes: [route({ cache: true })] } },
    );
    for (let at = 1; at <= 5; at += 1) {
      await send(gateway, { body: CHAT });
      await gateway.ended(at);
    }
    assert.equal(upstream.requests.length, 4);
  });

  it('goes on with the trace of its caller, and hands it on', async () => {
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01`, baggage: 'a=b', tracestate: 'x=y' };
    await send(gateway, { body: CHAT, headers });
    const spans = await spansOf(gateway);
    const [call, root] = spans;
    assert.deepEqual(
      [root?.name, root?.kind, root?.traceId, root?.parentSpanId, root?.service],
      ['gateway main', 'server', TRACE, PARENT, 'gateway'],
    );
    assert.deepEqual(
      [call?.name, call?.kind, call?.traceId, call?.parentSpanId],
      ['chat gpt-5-mini', 'client', TRACE, root?.spanId],
    );
    assert.equal(upstream.requests[0]?.headers['traceparent'], `00-${TRACE}-${call?.spanId}-01`);
    assert.equal(upstream.requests[0]?.headers['baggage'], 'a=b');
    assert.equal(upstream.requests[0]?.headers['tracestate'], 'x=y');

    const attributes: { [name: string]: unknown } = call?.attributes ?? {};
    assert.equal(attributes['gen_ai.operation.name'], 'chat');
    assert.equal(attributes['gen_ai.provider.name'], 'openai');
    assert.equal(attributes['gen_ai.usage.input_tokens'], 3);
    assert.deepEqual(attributes['gen_ai.response.finish_reasons'], ['stop']);
    assert.deepEqual(JSON.parse(String(attributes['gen_ai.input.messages'])), [
      { role: 'user', parts: [{ type: 'text', content: 'hello' }] },
    ]);
    assert.deepEqual(JSON.parse(String(attributes['gen_ai.output.messages'])), [
      { role: 'assistant', parts: [{ type: 'text', content: 'hi' }], finish_reason: 'stop' },
    ]);
    const [finished] = gateway.finished;
    assert.deepEqual([finished?.traceId, finished?.spanId], [TRACE, root?.spanId]);
  });

  it('begins a trace where its caller has none that is valid', async () => {
    const { gateway } = await fixture.start(() => ({ body: chatReply('hi') }));
    for (const traceparent of [`00-${'0'.repeat(32)}-${PARENT}-01`, 'nonsense', `ff-${TRACE}-${PARENT}-01`])
      await send(gateway, { body: CHAT, headers: { traceparent } });
    const roots = (await spansOf(gateway)).filter(({ kind }) => kind === 'server');
    assert.equal(new Set(roots.map(({ traceId }) => traceId)).size, 3);
    assert.ok(roots.every(({ parentSpanId, traceId }) => parentSpanId === null && traceId !== TRACE));
  });

  it('keeps of what is said only as much as its route allows', async () => {
    const body = { ...CHAT, messages: [{ role: 'user', content: 'write to jane.roe@example.com' }] };
    for (const keep of ['none', 'redacted'] as const) {
      const { gateway } = await fixture.start(() => ({ body: chatReply('jane.roe@example.com it is') }), {
        config: { routes: [route({ keep })] },
      });
      await send(gateway, { body });
      const told = JSON.stringify(await spansOf(gateway));
      assert.ok(!told.includes('jane.roe'), keep);
      assert.equal(told.includes('gen_ai.input.messages'), keep === 'redacted');
    }
  });

  it('answers its clients whatever the store of spans does', async () => {
    for (const keep of [() => Promise.reject(new Error('disk full')), () => new Promise<never>(() => {})]) {
      const { gateway } = await fixture.start(() => ({ body: chatReply('hi') }), { intake: { keep } });
      for (let at = 0; at < 5; at += 1) assert.equal((await send(gateway, { body: CHAT })).status, 200);
    }
  });

  it('answers its clients whatever its listeners do', async () => {
    const { gateway } = await fixture.start(() => ({ body: chatReply('hi') }));
    gateway.gateway.listen({
      keeps: () => false,
      finished: () => {
        throw new Error('a bug of a listener');
      },
    });
    assert.equal((await send(gateway, { body: CHAT })).status, 200);
    await gateway.ended(1);
    await new Promise(setImmediate);
    assert.equal(gateway.bugs.length, 1);
  });

  it('takes another configuration while it runs; what is under way ends as it began', async () => {
    const more = Promise.withResolvers<void>();
    const [first = '', second = '', ...rest] = chatStream('a', 'b').split(/(?<=\n\n)/);
    const { gateway } = await fixture.start(() => ({
      body: [{ write: first + second }, { until: more.promise }, { write: rest.join('') }],
    }));
    const other = await fixture.upstream(() => ({ body: chatReply('other') }));
    const begun = Promise.withResolvers<void>();
    const under = send(gateway, { body: STREAMED, onBytes: () => begun.resolve() });
    await begun.promise;
    gateway.gateway.use({
      config: { routes: [route({ name: 'new' })] },
      providers: { openai: provider(other.baseUrl) },
      applyRelease: () => assert.fail(),
      problem: 'something',
    });
    assert.equal((await send(gateway, { body: CHAT })).body.toString(), chatReply('other'));
    more.resolve();
    assert.equal((await under).body.toString(), chatStream('a', 'b'));
    assert.deepEqual(
      (await gateway.ended(2)).map(({ route: name }) => name),
      ['new', 'main'],
    );
    assert.equal(gateway.gateway.status().problem, 'something');
  });

  it('asks for a shadow without a client: its answer is whole, and it counts for no arm', async () => {
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    await send(gateway, { body: CHAT });
    const [like] = await gateway.ended(1);
    assert.ok(like);
    const { signal } = new AbortController();
    const target = { kind: 'provider', provider: 'openai', model: 'large' } as const;
    const asked = await gateway.gateway.ask({
      like,
      target,
      pool: 'shadow',
      signal,
      headers: { 'x-touchstone-shadow': '1' },
    });
    assert.deepEqual(
      [asked.ending, asked.arm, asked.summary?.text, asked.reply?.body?.toString()],
      ['done', null, 'hi', chatReply('hi')],
    );
    assert.deepEqual(upstream.requests[1]?.json, { ...CHAT, model: 'large' });
    assert.equal(upstream.requests[1]?.headers['x-touchstone-shadow'], '1');
    assert.notEqual(asked.traceId, like.traceId);
    assert.equal(gateway.finished.length, 1);
    assert.equal(gateway.gateway.status().routes[0]?.arms[0]?.requests, 1);

    const failed = await gateway.gateway.ask({
      like,
      target: { kind: 'agent', url: 'http://127.0.0.1:9' },
      pool: 'shadow',
      signal,
    });
    assert.equal(failed.ending, 'failed');
    const stopped = AbortSignal.abort(new Error('stop'));
    await assert.rejects(gateway.gateway.ask({ like, target, pool: 'shadow', signal: stopped }), /stop/);
  });

  it('tells an agent that is mirrored to by the header of the copy, and no client may send it', async () => {
    const { gateway, upstream } = await fixture.start(() => ({ body: chatReply('hi') }));
    await send(gateway, { body: CHAT, headers: { 'x-touchstone-shadow': '1' } });
    assert.equal(upstream.requests[0]?.headers['x-touchstone-shadow'], undefined);
  });

  it('has bounded memory with many open streams', async function () {
    this.timeout(60_000);
    const text = chatStream('x').split('data: [DONE]')[0] ?? '';
    const { gateway } = await fixture.start(() => ({ body: [{ write: text }, 'hang'] }));
    const leaving = new AbortController();
    const open = new Set<number>();
    const all = Array.from({ length: 300 }, (_, at) =>
      send(gateway, { body: STREAMED, signal: leaving.signal, onBytes: () => open.add(at) }).catch(() => {}),
    );
    while (open.size < 300) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(gateway.gateway.status().routes[0]?.inFlight, 300);
    leaving.abort();
    await Promise.all(all);
    const finished = await gateway.ended(300);
    assert.ok(finished.every(({ ending }) => ending === 'left'));
    assert.equal(gateway.gateway.status().routes[0]?.inFlight, 0);
  });
});
