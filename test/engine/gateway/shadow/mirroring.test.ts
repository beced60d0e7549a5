import assert from 'node:assert/strict';
import type { ApiName } from '../../../../src/engine/gateway/apis/apiName.ts';
import type { FinishedExchange } from '../../../../src/engine/gateway/exchange/finishedExchange.ts';
import {
  chatReply,
  events,
  exchange,
  json,
  mirroring,
  request,
} from '../../../support/gateway/shadowDoubles.ts';

describe('mirroring', () => {
  const answered = () => exchange({ id: 'copy', arm: null });

  const APIS: readonly (readonly [ApiName, FinishedExchange['request'], FinishedExchange['reply']])[] = [
    ['chat', request({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }), json(chatReply('hi'))],
    [
      'chat',
      request({ model: 'm', stream: true, messages: [] }),
      events({ choices: [{ index: 0, delta: { content: 'hi' } }] }),
    ],
    ['responses', request({ model: 'm', input: 'hello' }, '/v1/responses'), json({ output: [] })],
    [
      'messages',
      request({ model: 'm', messages: [{ role: 'user', content: 'hello' }] }, '/v1/messages'),
      json({ content: [{ type: 'text', text: 'hi' }] }),
    ],
  ];
  for (const [api, asked, reply] of APIS)
    it(`copies a request of ${api} with its body as it is (${asked.body})`, async () => {
      const { upstream, sink, pass, status } = mirroring(answered);
      const primary = exchange({ id: 'a', api, request: asked, reply });
      await pass(primary);

      const [copy] = upstream.asked;
      assert.deepEqual(copy?.like, { id: 'a', route: 'support', api, request: asked });
      assert.equal(copy?.body, undefined);
      assert.equal(copy?.headers?.['x-touchstone-shadow'], '1');
      assert.equal(copy?.pool, 'shadow');
      assert.deepEqual(
        sink.pairs.map(({ primary: { id }, candidate, divergence }) => [id, candidate.id, divergence]),
        [['a', 'copy', null]],
      );
      assert.deepEqual(sink.begun, ['a']);
      assert.equal(status()?.pairs, 1);
      assert.deepEqual(status()?.dropped, {});
    });

  it('keeps a bounded number of requests that were not looked at yet, in count and in memory, and drops the rest', async () => {
    const many = mirroring(answered, { shadow: { queue: 10_000, maxPairs: 10_000 } });
    await many.pass(...Array.from({ length: 300 }, (_, at) => exchange({ id: `r${at}` })));
    assert.deepEqual(many.status()?.dropped, { 'queue-full': 300 - 256 });
    assert.equal(many.status()?.pairs, 256);

    const messages = [{ role: 'user', content: 'x'.repeat(1024 * 1024) }];
    const long = mirroring(answered, { shadow: { queue: 10_000, maxPairs: 10_000 } });
    const asked = request({ model: 'm', messages });
    await long.pass(...Array.from({ length: 40 }, (_, at) => exchange({ id: `r${at}`, request: asked })));
    assert.deepEqual(long.status()?.dropped, { 'queue-full': 40 - 31 });
  });

  it('copies agents where the route says that they are safe, and never elsewhere', async () => {
    const agent = exchange({ id: 'a', api: 'agent' });
    const safe = mirroring(answered, { route: { isSafeToMirror: true } });
    await safe.pass(agent);
    assert.equal(safe.sink.pairs.length, 1);

    const unsafe = mirroring(answered);
    await unsafe.pass(agent);
    assert.equal(unsafe.upstream.asked.length, 0);
    assert.deepEqual(unsafe.status()?.dropped, { unsafe: 1 });
    const toAgent = { to: { kind: 'agent', url: 'http://127.0.0.1:1' } } as const;
    assert.throws(() => mirroring(answered, { shadow: toAgent }), /asked twice may do things twice/);
  });

  const DROPS: readonly (readonly [string, Partial<FinishedExchange>])[] = [
    ['nothing-to-judge', { api: 'embeddings' }],
    ['unsuccessful', { ending: 'left' }],
    ['unsuccessful', { ending: 'cut' }],
    ['unsuccessful', { status: 500 }],
    ['unsuccessful', { status: 404 }],
    ['unsuccessful', { ending: 'refused', status: null, reply: null }],
    ['too-long', { request: { method: 'POST', target: '/', headers: {}, body: null } }],
    ['unreadable', { request: { method: 'POST', target: '/', headers: {}, body: Buffer.from('{') } }],
    ['mid-loop', { request: request({ messages: [{ role: 'tool', tool_call_id: 'x', content: '1' }] }) }],
    ['unsafe', { api: 'responses', request: request({ input: 'a', conversation: 'conv_1' }) }],
    ['unsafe', { api: 'responses', request: request({ input: 'a', tools: [{ type: 'mcp' }] }) }],
    ['unsafe', { api: 'messages', request: request({ messages: [], mcp_servers: [{ url: 'https://a' }] }) }],
  ];
  for (const [reason, parts] of DROPS)
    it(`counts what is not copied: ${reason} (${JSON.stringify({ ...parts, request: undefined })})`, async () => {
      const { upstream, sink, pass, status } = mirroring(answered);
      await pass(exchange({ id: 'a', ...parts }));
      assert.equal(upstream.asked.length, 0);
      assert.deepEqual(sink.begun, []);
      assert.deepEqual(status()?.dropped, { [reason]: 1 });
    });

  it('leaves lists of models alone', async () => {
    const { upstream, pass, status } = mirroring(answered);
    await pass(exchange({ id: 'a', api: 'models' }));
    assert.equal(upstream.asked.length, 0);
    assert.deepEqual(status()?.dropped, {});
  });
});
