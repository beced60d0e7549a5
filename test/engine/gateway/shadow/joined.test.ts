import assert from 'node:assert/strict';
import { Shadows } from '../../../../src/engine/gateway/shadow/shadows.ts';
import { gatewayFixture } from '../../../support/gateway/gatewayFixture.ts';
import type { UpstreamReply, UpstreamScript } from '../../../support/gateway/scriptedUpstream.ts';
import { ListSink, onFirst, SHADOW } from '../../../support/gateway/shadowDoubles.ts';
import {
  CHAT,
  chatReply,
  chatStream,
  KEY,
  provider,
  route,
  send,
} from '../../../support/gateway/testGateway.ts';
import { ManualClock } from '../../../support/manualClock.ts';

const CANDIDATE_KEY = 'sk-candidate-1c2d';

describe('a gateway with a shadow, over sockets', () => {
  const fixture = gatewayFixture();

  /** A primary and a candidate, each a provider with a server and a key of its own. */
  async function start(primary: UpstreamScript, candidate: UpstreamScript, { sink = new ListSink() } = {}) {
    const first = await fixture.upstream(primary);
    const second = await fixture.upstream(candidate);
    const ROUTE = route();
    const test = await fixture.gateway({
      config: { routes: [ROUTE] },
      providers: {
        openai: provider(first.baseUrl),
        local: provider(second.baseUrl, { apiKey: CANDIDATE_KEY }),
      },
    });
    const shadows = new Shadows({
      upstream: test.gateway,
      sinkFor: () => sink,
      // It stands still, so that no slice of time ends.
      clock: new ManualClock(),
      random: onFirst,
      onBug: (error) => void test.bugs.push(error),
    });
    shadows.use([ROUTE]);
    shadows.start('main', { ...SHADOW, queue: 100, workers: 4 });
    test.gateway.listen(shadows);
    return { ...test, test, first, second, sink, shadows, status: () => shadows.statusOf('main') };
  }

  const call = (id: string, name: string, given: object) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(given) },
  });
  const asking = (...calls: ReturnType<typeof call>[]) =>
    [
      { role: 'assistant', content: null },
      ...calls.flatMap(({ function: { name, arguments: given }, ...rest }, index) => [
        { tool_calls: [{ index, ...rest, function: { name, arguments: '' } }] },
        ...[...given].map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
    ]
      .map((delta) => `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta }] })}\r\n\r\n`)
      .join('') +
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n';

  it('mirrors an agent that takes two rounds of tools: one pair, and the client gets what its upstream sent', async () => {
    const c1 = call('c1', 'find', { id: 7 });
    const c2 = call('c2', 'track', { carrier: 'x' });
    const primary = [asking(c1), asking(c2), chatStream('to', 'morrow')];
    const candidate = [
      asking(call('k1', 'find', { id: 7.0 })),
      asking(call('k2', 'track', { carrier: 'x' })),
      chatStream('it comes tomorrow'),
    ];
    const { test, first, second, sink, bugs, finished, ended, status } = await start(
      (_request, at) => ({ body: primary[at] ?? '' }),
      (_request, at) => ({ body: candidate[at] ?? '' }),
    );

    const asked = { model: 'gpt-5-mini', stream: true, stream_options: { include_usage: true }, tools: [] };
    const messages: object[] = [{ role: 'user', content: 'where is order 7?' }];
    for (const [at, next] of [c1, c2, undefined].entries()) {
      const got = await send(test, { body: { ...asked, messages } });
      assert.equal(got.status, 200);
      assert.equal(got.body.toString(), primary[at]);
      if (next)
        messages.push(
          { role: 'assistant', content: null, tool_calls: [next] },
          { role: 'tool', tool_call_id: next.id, content: `result of ${next.id}` },
        );
    }

    await sink.over(1);
    await ended(3);
    const [pair] = sink.pairs;
    assert.equal(pair?.divergence, null);
    assert.equal(pair?.primary.id, finished[0]?.id);
    assert.equal(pair?.primary.summary?.text, 'tomorrow');
    assert.equal(pair?.candidate.summary?.text, 'it comes tomorrow');
    assert.equal(pair?.candidateCalls.length, 3);
    const last = second.requests[2]?.json as { messages: { tool_call_id?: string; content: string }[] };
    const results = last.messages
      .filter((message) => message.tool_call_id)
      .map((message) => [message.tool_call_id, message.content]);
    assert.deepEqual(results, [
      ['k1', 'result of c1'],
      ['k2', 'result of c2'],
    ]);

    // Copies say what they are and bring the candidate's key; what clients sent says nothing.
    for (const { headers, json } of second.requests) {
      assert.equal(headers['x-touchstone-shadow'], '1');
      assert.equal(headers.authorization, `Bearer ${CANDIDATE_KEY}`);
      assert.equal(json?.['model'], 'next');
      assert.equal(json?.['stream'], true);
    }
    for (const { headers } of first.requests) {
      assert.equal(headers['x-touchstone-shadow'], undefined);
      assert.equal(headers.authorization, `Bearer ${KEY}`);
    }
    assert.equal(first.requests.length, 3);
    assert.deepEqual(bugs, []);
    assert.deepEqual([status()?.pairs, status()?.dropped], [1, {}]);
  });

  const CANDIDATES: readonly (readonly [string, UpstreamReply])[] = [
    ['hangs', 'hang'],
    ['closes the connection', 'destroy'],
    ['fails', { status: 500, body: '{"error":{"message":"no"}}' }],
    ['redirects', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }],
    ['floods', { body: [{ write: Buffer.alloc(8 * 1024 * 1024, 'x') }] }],
    ['drips and hangs', { body: [{ write: chatStream('a', 'b'), pieceBytes: 7, everyMs: 1 }, 'hang'] }],
    ['breaks off', { body: [{ write: chatStream('a').slice(0, 90) }, 'cut'] }],
    [
      'answers in the form of another API',
      { body: 'event: message_start\ndata: {"type":"message_start","message":{}}\n\n' },
    ],
    ['sends no HTTP', { body: [{ raw: Buffer.from([0, 255, 13, 10]) }, 'cut'] }],
  ];
  for (const [does, reply] of CANDIDATES)
    it(`gives clients the same bytes, and only then makes copies, when the candidate ${does}`, async () => {
      const stream = chatStream('hello', ' there', '\u{1f600}');
      const released = Promise.withResolvers<void>();
      const { test, first, second, bugs, shadows } = await start(
        () => ({
          body: [{ write: stream.slice(0, 200) }, { until: released.promise }, { write: stream.slice(200) }],
        }),
        () => reply,
      );

      const body = { ...CHAT, stream: true, stream_options: { include_usage: true } };
      const clients = Array.from({ length: 20 }, () => send(test, { body }));
      await first.received(20);
      // Until clients have everything nothing of a copy is under way.
      assert.equal(second.requests.length, 0);
      released.resolve();
      for (const { status, body: got, isCut } of await Promise.all(clients))
        assert.deepEqual([status, got.toString(), isCut], [200, stream, false]);

      await second.received(4);
      // A second client is served while copies are under way, from connections of its own.
      const again = await send(test, { body });
      assert.deepEqual([again.status, again.body.toString()], [200, stream]);
      assert.deepEqual(bugs, []);
      shadows.stop('main', 'enough');
      assert.equal(first.requests.length, 21);
    });

  it('gives clients the same bytes when nobody takes the pairs', async () => {
    const sink = new ListSink();
    sink.isFull = true;
    const reply = chatReply('hi');
    const { test, status } = await start(
      () => ({ body: reply }),
      () => ({ body: reply }),
      { sink },
    );
    for (let at = 0; at < 5; at += 1) {
      const got = await send(test, { body: CHAT });
      assert.deepEqual([got.status, got.body.toString()], [200, reply]);
    }
    await sink.over(5);
    assert.deepEqual([status()?.pairs, status()?.dropped], [0, { 'sink-full': 5 }]);
  });

  it('makes no copy for a client that left, and none of embeddings', async () => {
    const { test, second, ended, status } = await start(
      (request) => ({
        body: request.target.endsWith('embeddings') ? '{"data":[]}' : [{ write: chatStream('a') }, 'hang'],
      }),
      () => ({ body: chatReply('x') }),
    );
    await send(test, { body: { ...CHAT, stream: true }, leaveAfter: 1 }).catch(() => {});
    await send(test, { path: '/v1/embeddings', body: { model: 'e', input: 'a' } });
    await ended(2);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.equal(second.requests.length, 0);
    assert.deepEqual(status()?.dropped, { unsuccessful: 1, 'nothing-to-judge': 1 });
  });
});
