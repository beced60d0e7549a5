import assert from 'node:assert/strict';
import { ask, assertOutcome, type Bytes, type Outcome } from './rawReply.ts';

const STREAM = 'text/event-stream';
const JSON_TYPE = 'application/json';

/** What OpenAI-compatible servers really send, each beside what it means. */
describe('an odd reply of a provider', () => {
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  const delta = (fields: unknown, finish: unknown = null, more: object = {}) =>
    event({ choices: [{ index: 0, delta: fields, finish_reason: finish, ...more }] });
  const message = (fields: unknown, finish: unknown = 'stop', more: object = {}) =>
    JSON.stringify({ choices: [{ index: 0, message: fields, finish_reason: finish }], ...more });
  const call = (fields: object) => delta({ tool_calls: [fields] });
  const named = (name: string, given: string) => ({ function: { name, arguments: given } });
  const HI = delta({ content: 'hi' });
  const STOP = delta({}, 'stop');
  const DONE = 'data: [DONE]\n\n';
  const encoded = new TextEncoder().encode(delta({ content: 'héllo 世界🙂' }) + STOP);

  const streams: [what: string, chunks: Bytes[], outcome: Outcome][] = [
    ['without [DONE]', [HI, STOP], ['complete', 'hi']],
    ['[DONE] without a finish reason', [HI, DONE], ['incomplete', /before the reply was complete/]],
    [
      'finish reasons that are empty before the last',
      [delta({ content: 'hi' }, ''), STOP],
      ['complete', 'hi'],
    ],
    ['text in the last chunk', [HI, delta({ content: '!' }, 'stop')], ['complete', 'hi!']],
    ['a chunk of usage without choices', [HI, STOP, event({ usage: {} }), DONE], ['complete', 'hi']],
    ['a chunk whose choices are null', [HI, STOP, event({ choices: null }), DONE], ['complete', 'hi']],
    [
      'Azure’s results of filters',
      [event({ choices: [], prompt_filter_results: [] }), HI, STOP],
      ['complete', 'hi'],
    ],
    [
      'a choice without a delta',
      [HI, event({ choices: [{ index: 0, content_filter_results: {} }] }), STOP],
      ['complete', 'hi'],
    ],
    ['comments and pings', [': PROCESSING\n\n', HI, ': keep-alive\n', STOP, DONE], ['complete', 'hi']],
    ['CRLF', [`${HI}${STOP}`.replaceAll('\n', '\r\n')], ['complete', 'hi']],
    ['CR', [`${HI}${STOP}`.replaceAll('\n', '\r')], ['complete', 'hi']],
    ['CRLF that is split', [`${HI.trimEnd()}\r`, '\n\r', `\n${STOP}`], ['complete', 'hi']],
    ['a byte order mark', [`\uFEFF${HI}`, STOP], ['complete', 'hi']],
    [
      'characters that are split between packets',
      [...encoded].map((byte) => Uint8Array.of(byte)),
      ['complete', 'héllo 世界🙂'],
    ],
    [
      'a pair that is split between chunks',
      [delta({ content: '\ud83d' }), delta({ content: '\ude42' }), STOP],
      ['complete', '🙂'],
    ],
    ['no space behind the colon', [`${HI}${STOP}`.replaceAll('data: ', 'data:')], ['complete', 'hi']],
    ['names and ids of events', [`event: message\nid: 1\n${HI}retry: 5\n\n`, STOP], ['complete', 'hi']],
    [
      'data of several lines',
      ['data: {"choices":[{"index":0,\ndata: "delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n'],
      ['complete', 'hi'],
    ],
    ['an error on the way', [HI, event({ error: { message: 'overloaded' } })], ['incomplete', /overloaded/]],
    [
      'an error of the choice',
      [HI, delta({ content: '' }, 'error', { error: { message: 'upstream' } })],
      ['incomplete', /upstream/],
    ],
    [
      'an error in place of a reply',
      [event({ object: 'error', message: 'out of memory', code: 500 }), DONE],
      ['server', /out of memory/],
    ],
    [
      'a finish reason that tells of a failure',
      [HI, delta({}, 'insufficient_system_resource')],
      ['incomplete', /insufficient_system_resource/],
    ],
    [
      'other choices between',
      [
        event({
          choices: [
            { index: 1, delta: { content: 'B' } },
            { index: 0, delta: { content: 'A' } },
          ],
        }),
        event({ choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] }),
        STOP,
      ],
      ['complete', 'A'],
    ],
    [
      'an end of another choice alone',
      [HI, event({ choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] }), DONE],
      ['incomplete', /before/],
    ],
    ['a refusal in pieces', [delta({ refusal: 'No' }), delta({ refusal: '.' }), STOP], ['refused', 'No.']],
    [
      'a whole message in place of a delta',
      [event({ choices: [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop' }] })],
      ['complete', 'hi'],
    ],
    [
      'a message beside its delta',
      [delta({ content: 'hi' }, null, { message: { content: 'hi' } }), STOP],
      ['complete', 'hi'],
    ],
    ['text behind the end', [HI, STOP, DONE, delta({ content: '!' })], ['complete', 'hi']],
    ['half an event at the end', [HI, STOP.slice(0, 30)], ['incomplete', /not the JSON/]],
    [
      'calls that all have the index 0',
      [
        call({ index: 0, id: 'a', ...named('f', '{"a":1}') }),
        call({ index: 0, id: 'b', ...named('g', '{"b":') }),
        call({ index: 0, function: { arguments: '2}' } }),
        delta({}, 'tool_calls'),
      ],
      [
        'complete',
        '',
        [
          ['f', { a: 1 }],
          ['g', { b: 2 }],
        ],
      ],
    ],
    [
      'whole calls without index and id',
      [
        call({ id: '', ...named('f', '{"a":1}') }),
        call({ id: '', ...named('g', '{}') }),
        delta({}, 'tool_calls'),
      ],
      [
        'complete',
        '',
        [
          ['f', { a: 1 }],
          ['g', {}],
        ],
      ],
    ],
    [
      'calls that take turns',
      [
        call({ index: 0, id: 'a', ...named('f', '{"a"') }),
        call({ index: 1, id: 'b', ...named('g', '{"b"') }),
        call({ index: 0, function: { arguments: ':1}' } }),
        call({ index: 1, function: { arguments: ':2}' } }),
        delta({}, 'tool_calls'),
      ],
      [
        'complete',
        '',
        [
          ['f', { a: 1 }],
          ['g', { b: 2 }],
        ],
      ],
    ],
    [
      'a call whose name comes with each piece',
      [
        call({ index: 0, id: 'a', ...named('f', '') }),
        call({ index: 0, id: 'a', ...named('f', '{"a":1}') }),
        delta({}, 'tool_calls'),
      ],
      ['complete', '', [['f', { a: 1 }]]],
    ],
    [
      'a call whose name comes with each piece, without ids',
      [
        call({ index: 0, ...named('f', '{"a"') }),
        call({ index: 0, ...named('f', ':1}') }),
        delta({}, 'tool_calls'),
      ],
      ['complete', '', [['f', { a: 1 }]]],
    ],
    [
      'pieces of a call without index',
      [
        call({ id: 'a', ...named('f', '{"a"') }),
        call({ function: { arguments: ':1}' } }),
        delta({}, 'tool_calls'),
      ],
      ['complete', '', [['f', { a: 1 }]]],
    ],
    [
      'pieces of calls by their ids',
      [
        call({ id: 'a', ...named('f', '{"a"') }),
        call({ id: 'b', ...named('g', '{}') }),
        call({ id: 'a', function: { arguments: ':1}' } }),
        delta({}, 'tool_calls'),
      ],
      [
        'complete',
        '',
        [
          ['f', { a: 1 }],
          ['g', {}],
        ],
      ],
    ],
    [
      'null in later pieces of a call',
      [
        call({ index: 0, id: 'a', ...named('f', '') }),
        call({ index: 0, id: null, function: { name: null, arguments: '{}' } }),
        delta({}, 'tool_calls'),
      ],
      ['complete', '', [['f', {}]]],
    ],
  ];
  for (const [what, chunks, outcome] of streams) {
    it(`is read, streamed: ${what}`, async () => assertOutcome(await ask(chunks, STREAM), outcome));
  }

  const bodies: [what: string, body: Bytes[], outcome: Outcome][] = [
    ['a byte order mark', [`\uFEFF${message({ content: 'hi' })}`], ['complete', 'hi']],
    ['blank lines before it', ['\n\n\n', message({ content: 'hi' })], ['complete', 'hi']],
    ['an error that is null', [message({ content: 'hi' }, 'stop', { error: null })], ['complete', 'hi']],
    [
      'an error in place of a reply',
      [JSON.stringify({ error: { message: 'no quota' } })],
      ['server', /no quota/],
    ],
    ['an error in words', [JSON.stringify({ error: 'no quota' })], ['server', /no quota/]],
    [
      'an error with a key in it',
      [JSON.stringify({ error: 'bad key sk-canary-0123456789' })],
      ['server', /^(?!.*canary)/],
    ],
    [
      'choices in another order',
      [
        JSON.stringify({
          choices: [
            { index: 1, message: { content: 'B' }, finish_reason: 'stop' },
            { index: 0, message: { content: 'A' }, finish_reason: 'stop' },
          ],
        }),
      ],
      ['complete', 'A'],
    ],
    ['a text that broke off', [message({ content: 'half' }, 'abort')], ['incomplete', /finish reason abort/]],
    [
      'nothing, at an end that is none',
      [message({ content: '' }, 'function_call_filter: MALFORMED_FUNCTION_CALL')],
      ['empty', /MALFORMED/],
    ],
    ['nothing, by a filter', [message({ content: '' }, 'content_filter')], ['complete', '']],
    ['nothing, at an end of another name', [message({ content: '' }, 'END_TURN')], ['complete', '']],
    ['a finish reason that is null', [message({ content: 'hi' }, null)], ['incomplete', /no finish reason/]],
    [
      'bytes that are no UTF-8',
      [
        new TextEncoder().encode('{"choices":[{"message":{"content":"a'),
        Uint8Array.of(0xff),
        '"},"finish_reason":"stop"}]}',
      ],
      ['complete', 'a\ufffd'],
    ],
    [
      'NaN',
      ['{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"x":NaN}'],
      ['protocol', /not the JSON/],
    ],
    ['nothing at all', [], ['protocol', /it is missing/]],
  ];
  for (const [what, body, outcome] of bodies) {
    it(`is read, whole: ${what}`, async () => assertOutcome(await ask(body, JSON_TYPE, false), outcome));
  }

  it('is read whatever the case of its content type is', async () => {
    assertOutcome(await ask([HI, STOP], 'Text/Event-Stream; charset=UTF-8'), ['complete', 'hi']);
    assertOutcome(await ask([message({ content: 'hi' })], 'Application/JSON'), ['complete', 'hi']);
  });

  it('has no usage where a count is beyond all measure', async () => {
    for (const [usage, expected] of [
      [{ prompt_tokens: 9e15, completion_tokens: 3 }, null],
      [
        { prompt_tokens: 5, completion_tokens: 3, total_tokens: 9e15 },
        { inputTokens: 5, outputTokens: 3 },
      ],
      [{ prompt_tokens: '5', completion_tokens: '3' }, null],
      [{ prompt_tokens: 5.5, completion_tokens: 3 }, null],
    ]) {
      const outcome = await ask([message({ content: 'hi' }, 'stop', { usage })], JSON_TYPE, false);
      assert.deepEqual('usage' in outcome && outcome.usage, expected, JSON.stringify(usage));
    }
  });
});
