import assert from 'node:assert/strict';
import {
  chatReply,
  events,
  exchange,
  json,
  mirroring,
  request,
} from '../../../support/gateway/shadowDoubles.ts';

const EMAIL = 'ann.lee@firm.example.org';
const KEY = 'sk-proj-abcdefghij0123456789ABCDEFGHIJ';

describe('pairs of a route that keeps redacted content', () => {
  const summary = {
    ...{ model: 'm', responseId: null, usage: null, finishReasons: ['stop'], fingerprint: null },
    text: `write to ${EMAIL}`,
    toolCalls: [{ id: 'c', name: 'mail', arguments: { to: EMAIL, text: 'hi' } }],
  };
  const asked = {
    ...request(
      {
        messages: [
          { role: 'user', content: `I am ${EMAIL}, my key is ${KEY}` },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'c',
                type: 'function',
                function: { name: 'mail', arguments: JSON.stringify({ password: 'rosebud', to: EMAIL }) },
              },
            ],
          },
          { role: 'user', content: 'thanks' },
        ],
      },
      `/v1/chat/completions?email=${encodeURIComponent(EMAIL)}&v=1`,
    ),
    headers: { 'x-user': EMAIL, 'content-type': 'application/json' },
  };
  const primary = exchange({
    id: 'a',
    request: asked,
    reply: json(chatReply(`write to ${EMAIL}`)),
    summary,
    stickyKey: EMAIL,
  });

  it('have neither secrets nor personal data in any place, while the candidate is asked as the primary was', async () => {
    const wanted = json(chatReply(null, ['k', 'mail', JSON.stringify({ to: EMAIL })]));
    const { upstream, sink, pass } = mirroring(
      () => exchange({ id: 'copy', arm: null, reply: wanted, summary, reason: `no ${EMAIL}` }),
      { route: { keep: 'redacted' } },
    );
    await pass(primary);
    assert.equal(upstream.asked[0]?.like.request, asked);

    const [pair] = sink.pairs;
    const whole = JSON.stringify(pair, (_key, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value,
    );
    for (const taken of [EMAIL, encodeURIComponent(EMAIL), KEY, 'rosebud'])
      assert.ok(!whole.includes(taken), `${taken} stands in ${whole}`);
    assert.ok(pair?.divergence);
    assert.deepEqual(pair?.primary.summary?.text, 'write to [e-mail address]');
    assert.equal(pair?.primary.request.target, '/v1/chat/completions?email=%5Be-mail+address%5D&v=1');
    assert.match(pair?.primary.stickyKey ?? '', /^[0-9a-f]{32}$/);
    assert.equal(pair?.candidate, pair?.candidateCalls[0]);
  });

  it('have no stream: what is split over events cannot be searched', async () => {
    const stream = events(...[...EMAIL].map((content) => ({ choices: [{ index: 0, delta: { content } }] })));
    const { sink, pass } = mirroring(() => exchange({ id: 'copy', arm: null, reply: stream, summary }), {
      route: { keep: 'redacted' },
    });
    await pass({ ...primary, reply: stream });
    assert.deepEqual(
      [sink.pairs[0]?.primary.reply?.body, sink.pairs[0]?.candidate.reply?.body],
      [null, null],
    );
    assert.equal(sink.pairs[0]?.candidate.summary?.text, 'write to [e-mail address]');
  });

  it('are not made of what is too long to be searched in time', async () => {
    const { upstream, pass, status } = mirroring(() => exchange({ id: 'copy' }), {
      route: { keep: 'redacted' },
    });
    await pass({ ...primary, request: request({ messages: [], filler: 'x'.repeat(256 * 1024) }) });
    assert.deepEqual([upstream.asked.length, status()?.dropped], [0, { 'too-long': 1 }]);
  });

  it('are not made at all where nothing is kept, and that is said', () => {
    assert.throws(
      () => mirroring(() => exchange({ id: 'copy' }), { route: { keep: 'none' } }),
      /cannot be mirrored: nothing of its requests is kept/,
    );
  });
});
