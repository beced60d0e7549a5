import assert from 'node:assert/strict';
import type { FinishedExchange } from '../../../../src/engine/gateway/exchange/finishedExchange.ts';
import {
  chatReply,
  events,
  exchange,
  json,
  mirroring,
  request,
} from '../../../support/gateway/shadowDoubles.ts';

const USER = { role: 'user', content: 'where is order 7?' };

/** An agent's loop at one API: what its requests and replies look like. */
interface Form {
  name: string;
  api: 'chat' | 'responses' | 'messages';
  first: object;
  /** A reply that asks for tools; `stream` as events. */
  asks(stream: boolean, ...calls: [id: string, name: string, given: string][]): FinishedExchange['reply'];
  answers(text: string): FinishedExchange['reply'];
  /** Items that the agent adds: the turn of a reply, and results. */
  turn(...calls: [id: string, name: string, given: string][]): object[];
  results(...results: [id: string, text: string][]): object[];
  items(body: { [key: string]: unknown }): unknown[];
}

const CHAT: Form = {
  name: 'chat',
  api: 'chat',
  first: { model: 'm', messages: [{ role: 'system', content: 'now is 10:00' }, USER], tools: [] },
  asks: (stream, ...calls) =>
    stream
      ? events(
          { choices: [{ index: 0, delta: { role: 'assistant', content: null } }] },
          ...calls.flatMap(([id, name, given], index) => [
            {
              choices: [
                {
                  index: 0,
                  delta: { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
                },
              ],
            },
            {
              choices: [
                { index: 0, delta: { tool_calls: [{ index, function: { arguments: given.slice(0, 3) } }] } },
              ],
            },
            {
              choices: [
                { index: 0, delta: { tool_calls: [{ index, function: { arguments: given.slice(3) } }] } },
              ],
            },
          ]),
          { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
        )
      : json(chatReply(null, ...calls)),
  answers: (text) => json(chatReply(text)),
  turn: (...calls) => [
    {
      role: 'assistant',
      content: null,
      tool_calls: calls.map(([id, name, given]) => ({
        id,
        type: 'function',
        function: { name, arguments: given },
      })),
    },
  ],
  results: (...results) => results.map(([id, text]) => ({ role: 'tool', tool_call_id: id, content: text })),
  items: ({ messages }) => messages as unknown[],
};

const RESPONSES: Form = {
  name: 'responses',
  api: 'responses',
  first: { model: 'm', input: 'where is order 7?', instructions: 'be kind' },
  asks: (stream, ...calls) => {
    const output = calls.map(([id, name, given]) => ({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: id,
      name,
      arguments: given,
    }));
    return stream
      ? events(
          { type: 'response.created', response: { output: [] } },
          { type: 'response.completed', response: { output } },
        )
      : json({ output });
  },
  answers: (text) =>
    json({ output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }] }),
  turn: (...calls) =>
    calls.map(([id, name, given]) => ({
      type: 'function_call',
      id: `fc_${id}`,
      call_id: id,
      name,
      arguments: given,
    })),
  results: (...results) =>
    results.map(([id, text]) => ({ type: 'function_call_output', call_id: id, output: text })),
  items: ({ input }) =>
    typeof input === 'string' ? [{ role: 'user', content: input }] : (input as unknown[]),
};

const MESSAGES: Form = {
  name: 'messages',
  api: 'messages',
  first: { model: 'm', max_tokens: 9, messages: [USER] },
  asks: (stream, ...calls) =>
    stream
      ? events(
          { type: 'message_start', message: { content: [] } },
          ...calls.flatMap(([id, name, given], index) => [
            { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } },
            {
              type: 'content_block_delta',
              index,
              delta: { type: 'input_json_delta', partial_json: given.slice(0, 3) },
            },
            {
              type: 'content_block_delta',
              index,
              delta: { type: 'input_json_delta', partial_json: given.slice(3) },
            },
            { type: 'content_block_stop', index },
          ]),
          { type: 'message_stop' },
        )
      : json({
          content: calls.map(([id, name, given]) => ({
            type: 'tool_use',
            id,
            name,
            input: JSON.parse(given),
          })),
        }),
  answers: (text) => json({ content: [{ type: 'text', text }] }),
  turn: (...calls) => [
    {
      role: 'assistant',
      content: calls.map(([id, name, given]) => ({ type: 'tool_use', id, name, input: JSON.parse(given) })),
    },
  ],
  results: (...results) => [
    {
      role: 'user',
      content: results.map(([id, text]) => ({ type: 'tool_result', tool_use_id: id, content: text })),
    },
  ],
  items: ({ messages }) => messages as unknown[],
};

describe('tool loops', () => {
  for (const form of [CHAT, RESPONSES, MESSAGES])
    for (const stream of [false, true]) {
      const { api, first } = form;
      const target = `/v1/${api}`;
      const items = form.items({ ...first });
      const body = (...added: object[]) =>
        request(
          { ...first, stream, [api === 'responses' ? 'input' : 'messages']: [...items, ...added] },
          target,
        );
      const start = exchange({
        id: 'p1',
        api,
        request: request({ ...first, stream }, target),
        durationMs: 100,
        costUsd: 0.25,
      });
      const loop: FinishedExchange[] = [
        { ...start, reply: form.asks(stream, ['c1', 'find', '{"id": 7}'], ['c2', 'now', '{}']) },
        exchange({
          ...{ id: 'p2', api, durationMs: 200, costUsd: 0.5 },
          request: body(
            ...form.turn(['c1', 'find', '{"id": 7}'], ['c2', 'now', '{}']),
            ...form.results(['c1', 'sent'], ['c2', 'noon']),
          ),
          reply: form.asks(stream, ['c3', 'track', '{"carrier": "x", "deep": {"a": 1, "b": [1.50]}}']),
        }),
        exchange({
          ...{ id: 'p3', api, durationMs: 300, costUsd: 1 },
          request: body(
            ...form.turn(['c1', 'find', '{"id": 7}'], ['c2', 'now', '{}']),
            ...form.results(['c1', 'sent'], ['c2', 'noon']),
            ...form.turn(['c3', 'track', '{"carrier": "x", "deep": {"a": 1, "b": [1.50]}}']),
            ...form.results(['c3', 'tomorrow']),
          ),
          reply: form.answers('it comes tomorrow'),
        }),
      ];
      const title = `${form.name}${stream ? ', streamed' : ''}`;

      it(`are one pair, and the candidate gets the recorded results (${title})`, async () => {
        const replies = [
          // In one turn, keys in another order, numbers written otherwise.
          form.asks(
            stream,
            ['k1', 'track', '{"deep":{"b":[15e-1],"a":1.0},"carrier":"x"}'],
            ['k2', 'find', '{"id":7.0}'],
          ),
          form.answers('tomorrow it is'),
        ];
        const { upstream, sink, pass, status } = mirroring((_asked, count) =>
          exchange({ id: `copy${count}`, arm: null, api, reply: replies[count] ?? null }),
        );
        await pass(...loop);

        const [pair] = sink.pairs;
        assert.equal(sink.pairs.length, 1);
        assert.deepEqual(
          [pair?.primary.id, pair?.primary.durationMs, pair?.primary.costUsd],
          ['p1', 600, 1.75],
        );
        assert.deepEqual(pair?.primary.request, start.request);
        assert.deepEqual(pair?.primary.reply, form.answers('it comes tomorrow'));
        assert.deepEqual(
          pair?.candidateCalls.map(({ id }) => id),
          ['copy0', 'copy1'],
        );
        assert.equal(pair?.candidate.id, 'copy1');
        assert.equal(pair?.divergence, null);

        assert.equal(upstream.asked[0]?.body, undefined);
        const added = form.items(upstream.bodyOf(1)).slice(items.length);
        const given = form.results(['k1', 'tomorrow'], ['k2', 'sent']);
        assert.deepEqual(added.slice(-given.length), given);
        assert.equal(upstream.bodyOf(1)['stream'], stream);
        assert.match(JSON.stringify(added.slice(0, -given.length)), /"k1".*"k2"/);
        assert.deepEqual(status()?.dropped, {});
      });

      it(`end at the first call that the primary had not made (${title})`, async () => {
        const replies = [
          form.asks(stream, ['k1', 'find', '{"id":7}']),
          form.asks(stream, ['k2', 'now', '{}'], ['k3', 'track', '{"carrier":"y"}']),
        ];
        const { upstream, sink, pass, status } = mirroring((_asked, count) =>
          exchange({ id: `copy${count}`, arm: null, api, reply: replies[count] ?? null }),
        );
        await pass(...loop);

        assert.equal(upstream.asked.length, 2);
        assert.deepEqual(sink.pairs[0]?.divergence, {
          at: 2,
          wanted: { name: 'track', arguments: { carrier: 'y' } },
          recorded: { name: 'track', arguments: { carrier: 'x', deep: { a: 1, b: [1.5] } } },
        });
        assert.equal(sink.pairs[0]?.candidate.id, 'copy1');
        assert.equal(status()?.diverged, 1);
      });
    }

  const asks = (...calls: [string, string, string][]) => json(chatReply(null, ...calls));
  const start = (id: string, parts: object = {}) =>
    exchange({
      id,
      request: request({ messages: [USER], ...parts }),
      reply: asks(['c1', 'find', '{"id":7}']),
    });
  const next = (id: string, ...added: object[]) =>
    exchange({
      id,
      request: request({ messages: [USER, ...CHAT.turn(['c1', 'find', '{"id":7}']), ...added] }),
    });
  const answered = () => exchange({ id: 'copy', arm: null });

  it('are followed beyond the share: the answer of a request that was chosen may come with one that was not', async () => {
    const { shadows, sink, pass } = mirroring(answered, { shadow: { share: 0.5 } });
    const ids = Array.from({ length: 200 }, (_, at) => `r${at}`);
    for (const id of ids) {
      const messages = [{ role: 'user', content: id }];
      const call: [string, string, string] = [`call-${id}`, 'find', '{}'];
      await pass(
        exchange({ id, request: request({ messages }), reply: asks(call) }),
        exchange({
          id: `${id}-end`,
          request: request({ messages: [...messages, ...CHAT.turn(call), ...CHAT.results([call[0], 'x'])] }),
        }),
      );
    }

    const chosen = ids.filter((id) => sink.pairs.some(({ primary }) => primary.id === id));
    assert.equal(sink.pairs.length, chosen.length);
    assert.ok(chosen.length > 60 && chosen.length < 140, `${chosen.length} of 200`);
    const { 'mid-loop': midLoop, interference, ...rest } = shadows.statusOf('support')?.dropped ?? {};
    assert.deepEqual(rest, {});
    assert.ok((midLoop ?? 0) > 0);
    assert.equal(interference, undefined);
  });

  it('are recognised by the response that the provider keeps', async () => {
    const { sink, pass } = mirroring(() =>
      exchange({
        id: 'copy',
        arm: null,
        api: 'responses',
        reply: RESPONSES.asks(false, ['k', 'find', '{"id":7}']),
      }),
    );
    const summary = {
      model: null,
      responseId: 'resp_1',
      usage: null,
      finishReasons: [],
      text: null,
      toolCalls: [],
      fingerprint: null,
    };
    await pass(
      exchange({
        ...{ id: 'p1', api: 'responses', summary },
        request: request({ input: 'where?' }),
        reply: RESPONSES.asks(false, ['c1', 'find', '{"id":7}']),
      }),
      exchange({
        ...{ id: 'p2', api: 'responses' },
        request: request({ previous_response_id: 'resp_1', input: RESPONSES.results(['c1', 'here']) }),
        reply: RESPONSES.answers('here'),
      }),
    );
    // The candidate asks again and again for what it was told.
    assert.equal(sink.pairs[0]?.candidateCalls.length, 6);
    assert.deepEqual(sink.pairs[0]?.divergence, {
      at: 5,
      wanted: { name: 'find', arguments: { id: 7 } },
      recorded: null,
    });
  });

  it('are recognised by their trace or session where the agent shortens what was said', async () => {
    for (const same of [{ traceId: 't' }, { stickyKey: 's' }]) {
      const { sink, pass } = mirroring(answered);
      const short = request({
        messages: [
          { role: 'user', content: 'summary' },
          ...CHAT.turn(['c1', 'find', '{"id":7}']),
          ...CHAT.results(['c1', 'x']),
        ],
      });
      await pass({ ...start('p1'), ...same }, exchange({ id: 'p2', request: short, ...same }));
      assert.deepEqual(
        sink.pairs.map(({ primary }) => primary.id),
        ['p1'],
      );
    }
  });

  it('go on though marks of caches wander, and the time in the system message changes', async () => {
    const { sink, pass } = mirroring(() =>
      exchange({ id: 'copy', arm: null, api: 'messages', reply: MESSAGES.answers('x') }),
    );
    const marked = {
      role: 'user',
      content: [{ type: 'text', text: 'hello', cache_control: { type: 'ephemeral' } }],
    };
    await pass(
      exchange({
        id: 'p1',
        api: 'messages',
        request: request({ messages: [marked] }),
        reply: MESSAGES.asks(false, ['c1', 'find', '{}']),
      }),
      exchange({
        ...{ id: 'p2', api: 'messages', reply: MESSAGES.answers('y') },
        request: request({
          messages: [
            { role: 'user', content: 'hello' },
            ...MESSAGES.turn(['c1', 'find', '{}']),
            ...MESSAGES.results(['c1', 'x']),
          ],
        }),
      }),
    );
    assert.deepEqual(
      sink.pairs.map(({ primary }) => primary.id),
      ['p1'],
    );
  });

  it('are not mistaken for another with the same ids of calls', async () => {
    const { sink, pass, status } = mirroring(answered);
    const other = request({
      messages: [
        { role: 'user', content: 'something else' },
        ...CHAT.turn(['c1', 'find', '{}']),
        ...CHAT.results(['c1', 'x']),
      ],
    });
    await pass(start('p1'), exchange({ id: 'p2', request: other }));
    assert.deepEqual(sink.pairs, []);
    assert.deepEqual(status()?.dropped, { 'mid-loop': 1 });
  });

  it('that stop in the middle are dropped when their time is over', async () => {
    const { sink, pass, clock, status } = mirroring(answered);
    await pass(
      start('p1'),
      exchange({ ...next('p2', ...CHAT.results(['c1', 'x'])), reply: asks(['c2', 'find', '{"id":8}']) }),
    );
    await clock.advance(119_999);
    assert.deepEqual(status()?.dropped, {});
    await clock.advance(2);
    assert.deepEqual(status()?.dropped, { 'loop-unfinished': 1 });
    assert.deepEqual(sink.begun, []);
  });

  it('in which somebody says something are dropped', async () => {
    const { pass, status } = mirroring(answered);
    await pass(start('p1'), next('p2', ...CHAT.results(['c1', 'x']), { role: 'user', content: 'stop!' }));
    assert.deepEqual(status()?.dropped, { 'loop-interrupted': 1 });
  });

  it('go on after a request that failed and is made again', async () => {
    const { sink, pass } = mirroring(answered);
    const second = next('p2', ...CHAT.results(['c1', 'x']));
    await pass(start('p1'), { ...second, status: 500 }, { ...second, id: 'p3' });
    assert.equal(sink.pairs.length, 1);
  });

  it('that end with the call itself are compared by it, where a call was demanded', async () => {
    const forced = { tool_choice: 'required' };
    for (const [given, divergence] of [
      ['{"id":7}', null],
      [
        '{"id":8}',
        {
          at: 0,
          wanted: { name: 'find', arguments: { id: 8 } },
          recorded: { name: 'find', arguments: { id: 7 } },
        },
      ],
    ] as const) {
      const { sink, pass, clock } = mirroring(() =>
        exchange({ id: 'copy', arm: null, reply: asks(['k', 'find', given]) }),
      );
      await pass(start('p1', forced));
      await clock.advance(120_001);
      assert.deepEqual(sink.pairs[0]?.divergence, divergence);
    }
  });

  it('give each result once, and the last one again', async () => {
    const calls: [string, string, string][] = [
      ['c1', 'roll', '{}'],
      ['c2', 'roll', '{}'],
    ];
    const replies = [
      asks(['k1', 'roll', '']),
      asks(['k2', 'roll', 'null']),
      asks(['k3', 'roll', '{}']),
      json(chatReply('done')),
    ];
    const { upstream, sink, pass } = mirroring((_asked, count) =>
      exchange({ id: 'copy', arm: null, reply: replies[count] ?? null }),
    );
    await pass(
      exchange({ id: 'p1', request: request({ messages: [USER] }), reply: asks(...calls) }),
      exchange({
        id: 'p2',
        request: request({
          messages: [USER, ...CHAT.turn(...calls), ...CHAT.results(['c1', 'one'], ['c2', 'six'])],
        }),
      }),
    );
    assert.equal(sink.pairs[0]?.divergence, null);
    const results = (
      upstream.bodyOf(3)['messages'] as { role: string; content: string; tool_call_id?: string }[]
    ).filter(({ role }) => role === 'tool');
    assert.deepEqual(
      results.map(({ tool_call_id: id, content }) => [id, content]),
      [
        ['k1', 'one'],
        ['k2', 'six'],
        ['k3', 'six'],
      ],
    );
  });

  it('tell apart numbers that a floating-point number does not', async () => {
    for (const [api, form] of [
      ['chat', CHAT],
      ['messages', MESSAGES],
    ] as const) {
      // What a client sends and a server answers, digit by digit.
      const reply = (given: string): FinishedExchange['reply'] => {
        const kept = form.asks(false, ['c1', 'find', '{"id":7}']);
        const text = kept?.body?.toString() ?? '';
        return { headers: {}, body: Buffer.from(text.replace(/("id\\?":)7/, `$1${given}`)) };
      };
      const { sink, pass } = mirroring(() =>
        exchange({ id: 'copy', arm: null, api, reply: reply('9007199254740993') }),
      );
      const messages = [USER, ...form.turn(['c1', 'find', '{"id":7}']), ...form.results(['c1', 'x'])];
      await pass(
        exchange({ id: 'p1', api, request: request({ messages: [USER] }), reply: reply('9007199254740992') }),
        exchange({ id: 'p2', api, request: request({ messages }), reply: form.answers('here') }),
      );
      assert.equal(sink.pairs[0]?.divergence?.at, 0);
    }
  });

  it('keep nothing of the bodies on their way', async () => {
    const { sink, pass } = mirroring((_asked, count) =>
      exchange({
        id: 'copy',
        arm: null,
        reply: count === 0 ? asks(['k', 'find', '{"id":7}']) : json(chatReply('x')),
      }),
    );
    await pass(start('p1'), next('p2', ...CHAT.results(['c1', 'x'])));
    const [first, last] = sink.pairs[0]?.candidateCalls ?? [];
    assert.deepEqual([first?.request.body, first?.reply?.body], [null, null]);
    assert.ok(last?.reply?.body);
  });

  it('are bounded in number and memory', async () => {
    const { pass, status } = mirroring(answered);
    await pass(...Array.from({ length: 260 }, (_, at) => start(`p${at}`)).slice(0, 200));
    await pass(...Array.from({ length: 60 }, (_, at) => start(`q${at}`)));
    assert.deepEqual(status()?.dropped, { 'loop-limit': 4 });

    const large = mirroring(answered);
    const filler = 'x'.repeat(1024 * 1024 - 200);
    for (let at = 0; at < 20; at += 1) await large.pass(start(`p${at}`, { filler }));
    assert.deepEqual(large.status()?.dropped, { 'loop-limit': 4 });
  });
});
