import assert from 'node:assert/strict';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { createEditorClient } from '../../../src/engine/models/editorClient.ts';
import { ModelError, type ModelReply } from '../../../src/engine/models/modelClient.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../src/engine/ports.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';
import { stillGuard } from '../../support/stillGuards.ts';
import { countingRandom, manualClock } from './manualClock.ts';

const CALL = { signal: new AbortController().signal, span: noSpan, timeoutMs: 60_000 };
const PRICES = { tiny: { input: 1, output: 10, cachedInput: 0.1, cacheWrite: 1.25 } };

/** One message, as a server sends it whole and as it streams it. */
function whole(message: unknown, rest: object = {}, finish: unknown = 'stop'): Script {
  const body = { choices: [{ index: 0, message, finish_reason: finish }], ...rest };
  return { raw: JSON.stringify(body), contentType: 'application/json' };
}

function streamed(deltas: unknown[], rest: object = {}, finish: unknown = 'stop'): Script {
  const events = [
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: finish }], ...rest },
  ];
  const raw = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return { raw: `${raw}data: [DONE]\n\n`, contentType: 'text/event-stream' };
}

describe('what a provider replies', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function ask(script: Script, stream = true) {
    const server = await startOpenAiServer(() => script);
    servers.push(server);
    const catalog = createModelCatalog(
      { scripted: { baseUrl: server.baseUrl, prices: PRICES, stream } },
      {
        environment: fixedEnvironment({}),
        clock: manualClock(10_000),
        random: countingRandom(),
        log: noLog,
      },
    );
    const asked = catalog
      .client('scripted/tiny')
      .complete({ messages: [{ role: 'user', content: 'hi' }], parameters: {} }, CALL);
    const outcome = await asked.then(
      (reply) => ({ reply }),
      (error: unknown) => ({ error }),
    );
    return { ...outcome, calls: server.requests.length };
  }

  async function replied(script: Script, stream?: boolean): Promise<ModelReply> {
    const outcome = await ask(script, stream);
    assert('reply' in outcome, String('error' in outcome && outcome.error));
    return outcome.reply;
  }

  /** What a message becomes, whichever way it is sent. */
  async function eachWay(message: object, check: (reply: ModelReply) => void, rest: object = {}) {
    check(await replied(whole(message, rest), false));
    check(await replied(whole(message, rest), true));
    check(await replied(streamed([{ role: 'assistant' }, message], rest)));
  }

  describe('as content', () => {
    const texts: { [what: string]: { message: object; text: string } } = {
      'a text': { message: { content: 'answer 4' }, text: 'answer 4' },
      'a thinking part before a text': {
        message: {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: '2+2' }] },
            { type: 'text', text: 'answer 4' },
          ],
        },
        text: 'answer 4',
      },
      'several texts, with a reference between them': {
        message: {
          content: [
            { type: 'text', text: 'answer' },
            { type: 'reference', reference_ids: [1] },
            { type: 'text', text: ' 4' },
          ],
        },
        text: 'answer 4',
      },
      'texts without a type, and bare ones': { message: { content: [{ text: 'a' }, 'b'] }, text: 'ab' },
      'reasoning beside a text': {
        message: { content: 'answer 4', reasoning_content: 'two and two' },
        text: 'answer 4',
      },
      'an empty text': { message: { content: '' }, text: '' },
    };
    for (const [what, { message, text }] of Object.entries(texts)) {
      it(`reads ${what}`, () =>
        eachWay(message, (reply) => assert.deepEqual([reply.status, reply.text], ['complete', text])));
    }

    it('reads parts that come one by one', async () => {
      const piece = (text: string) => ({ content: [{ type: 'text', text }] });
      const thinking = { content: [{ type: 'thinking', thinking: 'hm' }] };
      const reply = await replied(streamed([thinking, piece('answer '), piece('4')]));
      assert.deepEqual([reply.status, reply.text], ['complete', 'answer 4']);
    });

    it('reads a refusal among the parts', () =>
      eachWay({ content: [{ type: 'refusal', refusal: 'No.' }] }, (reply) =>
        assert.deepEqual([reply.status, reply.text], ['refused', 'No.']),
      ));

    it('reads a call in the form before there were tools', () =>
      eachWay({ content: null, function_call: { name: 'look', arguments: '{"a":1}' } }, (reply) =>
        assert.deepEqual(
          [reply.status, reply.toolCalls],
          ['complete', [{ name: 'look', arguments: { a: 1 } }]],
        ),
      ));

    const nothing: { [what: string]: { message: object; reason: RegExp } } = {
      null: { message: { content: null }, reason: /gave no output: .* neither text nor tool calls/ },
      'no content at all': { message: { role: 'assistant' }, reason: /gave no output/ },
      'an empty list': { message: { content: [] }, reason: /gave no output/ },
      'an image alone': { message: { content: [{ type: 'image_url' }] }, reason: /gave no output/ },
      'thinking alone': {
        message: { content: [{ type: 'thinking', thinking: 'hm' }] },
        reason: /reasoning only/,
      },
      'reasoning beside null': {
        message: { content: null, reasoning_content: 'hm' },
        reason: /reasoning only/,
      },
      'reasoning beside an empty text': {
        message: { content: '', reasoning: 'hm' },
        reason: /reasoning only/,
      },
      'no calls in a list of them': { message: { content: null, tool_calls: [] }, reason: /gave no output/ },
      'an empty refusal': { message: { content: null, refusal: '' }, reason: /gave no output/ },
    };
    for (const [what, { message, reason }] of Object.entries(nothing)) {
      it(`finds no output in ${what}`, () =>
        eachWay(message, (reply) => {
          assert(reply.status === 'empty', reply.status);
          assert.match(reply.reason, reason);
          assert.equal(reply.text, '');
        }));
    }

    it('finds no output in an empty text that reached the limit of tokens', async () => {
      const reply = await replied(whole({ content: '' }, {}, 'length'));
      assert(reply.status === 'empty');
      assert.match(reply.reason, /limit of tokens/);
    });

    it('does not ask again, and pays, when the stream breaks within the reasoning', async () => {
      const raw = `data: ${JSON.stringify({ choices: [{ delta: { reasoning_content: 'hm' } }] })}\n\n`;
      const outcome = await ask({ raw, contentType: 'text/event-stream' });
      assert('reply' in outcome && outcome.reply.status === 'incomplete');
      assert.equal(outcome.calls, 1);
    });
  });

  describe('in the wrong form, is a protocol error and not asked for again:', () => {
    const call = (fields: object) => ({
      content: null,
      tool_calls: [{ index: 0, id: 'a', type: 'function', ...fields }],
    });
    const messages: { [what: string]: [message: unknown, reason: RegExp] } = {
      'content that is an object': [{ content: { a: 1 } }, /content is an object, not a string/],
      'content that is a number': [{ content: 4 }, /content is a number/],
      'a part that is null': [{ content: [null] }, /content\[0\] is null, not an object/],
      'a part that is a list': [{ content: [[[['deep']]]] }, /content\[0\] is a list/],
      'a text part without its text': [{ content: [{ type: 'text' }] }, /content\[0\]\.text is missing/],
      'a text part of an object': [{ content: [{ type: 'text', text: {} }] }, /text is an object/],
      'a part whose type is a number': [{ content: [{ type: 3, text: 'a' }] }, /type is a number/],
      'a refusal that is a list': [{ content: 'a', refusal: ['No.'] }, /refusal is a list/],
      'tool calls that are an object': [
        { content: 'a', tool_calls: { name: 'x' } },
        /tool_calls is an object/,
      ],
      'a tool call that is a text': [{ content: 'a', tool_calls: ['look'] }, /tool_calls\[0\] is a string/],
      'a name that is an object': [
        call({ function: { name: { a: 1 }, arguments: '' } }),
        /name is an object/,
      ],
      'arguments that are an object': [
        call({ function: { name: 'x', arguments: {} } }),
        /arguments is an object/,
      ],
      'a function that is a text': [call({ function: 'look' }), /function is a string/],
      'an id that is a number': [call({ id: 1, function: { name: 'x', arguments: '' } }), /id is a number/],
      'a message that is a text': ['hello', /is a string, not an object/],
    };
    for (const [what, [message, reason]] of Object.entries(messages)) {
      for (const [way, script, stream] of [
        ['whole', whole(message), false],
        ['whole, though a stream was asked for', whole(message), true],
        ['streamed', streamed([message]), true],
      ] as const) {
        it(`${what} (${way})`, async () => {
          const outcome = await ask(script, stream);
          assert('error' in outcome && outcome.error instanceof ModelError, JSON.stringify(outcome));
          assert.equal(outcome.error.code, 'protocol');
          assert.match(outcome.error.message, reason);
          assert.equal(outcome.error.transient, false);
          assert.equal(outcome.calls, 1);
        });
      }
    }

    const json = (value: unknown): Script => ({
      raw: JSON.stringify(value),
      contentType: 'application/json',
    });
    const event = (text: string): Script => ({ raw: `data: ${text}\n\n`, contentType: 'text/event-stream' });
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const bodies: { [what: string]: [script: Script, reason: RegExp] } = {
      'null as a whole': [json(null), /it is null/],
      'a list as a whole': [json([]), /it is a list/],
      'a text as a whole': [json('hello'), /it is a string/],
      'no choices': [json({ choices: [] }), /holds no message/],
      'choices that are an object': [json({ choices: {} }), /choices is an object/],
      'a choice that is null': [json({ choices: [null] }), /choices\[0\] is null|holds no message/],
      'a message that is missing': [json({ choices: [{}] }), /message is missing/],
      'a finish reason that is an object': [
        whole({ content: 'a' }, {}, { a: 1 }),
        /finish_reason is an object/,
      ],
      'content that is 200,000 lists deep': [
        {
          raw: `{"choices":[{"message":{"content":${deep(200_000)}},"finish_reason":"stop"}]}`,
          contentType: 'application/json',
        },
        /nested deeper than 200 levels/,
      ],
      'a chunk that is null': [event('null'), /a chunk is null/],
      'a chunk that is a text': [event('"hello"'), /a chunk is a string/],
      'a chunk whose choices are a text': [event('{"choices":"a"}'), /choices is a string/],
      'a chunk whose index is a text': [
        event('{"choices":[{"delta":{"tool_calls":[{"index":"0"}]}}]}'),
        /index is a string/,
      ],
      'a chunk whose index is beyond all numbers': [
        event('{"choices":[{"delta":{"tool_calls":[{"index":1e999}]}}]}'),
        /number 1e999 is out of range/,
      ],
      'a delta that is 200,000 lists deep': [
        event(`{"choices":[{"delta":{"content":${deep(200_000)}}}]}`),
        /nested deeper than 200 levels/,
      ],
      'an error in a stream that is 200,000 lists deep': [
        event(`{"error":${deep(200_000)}}`),
        /cannot be read/,
      ],
    };
    for (const [what, [script, reason]] of Object.entries(bodies)) {
      it(what, async () => {
        const outcome = await ask(script);
        assert(
          'error' in outcome && outcome.error instanceof ModelError,
          JSON.stringify(outcome).slice(0, 300),
        );
        assert.equal(outcome.error.code, 'protocol');
        assert.match(outcome.error.message, reason);
        assert.equal(outcome.calls, 1);
      });
    }

    it('more than a thousand tool calls', async () => {
      const calls = Array.from({ length: 1001 }, (_, index) => ({
        index,
        id: `c${index}`,
        function: { name: 'x', arguments: '{}' },
      }));
      for (const script of [whole({ tool_calls: calls }), streamed([{ tool_calls: calls }])]) {
        const outcome = await ask(script);
        assert('error' in outcome);
        assert.match(String(outcome.error), /more than 1000 tool calls/);
        assert.equal(outcome.calls, 1);
      }
      assert.equal((await replied(whole({ tool_calls: calls.slice(1) }))).toolCalls.length, 1000);
    });
  });

  it('keeps arguments that are nested too deep as their text, and ignores a model and an id of the wrong form', async () => {
    const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const message = { tool_calls: [{ id: 'a', function: { name: 'x', arguments: text } }] };
    const reply = await replied(whole(message, { model: { a: 1 }, id: [2] }, 'tool_calls'));
    assert.equal(reply.toolCalls[0]?.arguments, text);
    assert.deepEqual([reply.model, reply.responseId], ['tiny', null]);
  });

  it('with an error status and JSON of any depth is the error that its status says', async () => {
    const message = `${'['.repeat(200_000)}`;
    const outcome = await ask({ status: 400, message });
    assert('error' in outcome && outcome.error instanceof ModelError);
    assert.equal(outcome.error.code, 'bad-request');
    assert.ok(outcome.error.message.length < 1100);
  });

  describe('as usage', () => {
    const usage = (fields: object) => ({ usage: fields });
    const cases: { [what: string]: { reported: object; used: object | null; cost: number | null } } = {
      'tokens beyond prompt and completion, as Gemini’s OpenAI form counts reasoning': {
        reported: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1310 },
        used: { inputTokens: 1000, outputTokens: 310 },
        cost: 0.0041,
      },
      'a total that is too small': {
        reported: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 5 },
        used: { inputTokens: 1000, outputTokens: 10 },
        cost: 0.0011,
      },
      'a total that is a text': {
        reported: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: '1310' },
        used: { inputTokens: 1000, outputTokens: 10 },
        cost: 0.0011,
      },
      'reasoning within the completion': {
        reported: {
          prompt_tokens: 1000,
          completion_tokens: 300,
          total_tokens: 1300,
          completion_tokens_details: { reasoning_tokens: 290 },
        },
        used: { inputTokens: 1000, outputTokens: 300, reasoningTokens: 290 },
        cost: 0.004,
      },
      'a cache that is read': {
        reported: {
          prompt_tokens: 1000,
          completion_tokens: 0,
          prompt_cache_hit_tokens: 800,
          total_tokens: 1100,
        },
        used: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 800 },
        cost: 0.00128,
      },
      'a cache that is written to': {
        reported: {
          prompt_tokens: 1000,
          completion_tokens: 100,
          prompt_tokens_details: { cached_tokens: 200, cache_write_tokens: 400 },
        },
        used: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 200, cacheWriteTokens: 400 },
        cost: 0.00192,
      },
      'a cache in Anthropic’s words': {
        reported: {
          prompt_tokens: 1000,
          completion_tokens: 100,
          cache_read_input_tokens: 200,
          cache_creation_input_tokens: 400,
        },
        used: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 200, cacheWriteTokens: 400 },
        cost: 0.00192,
      },
      'zeros with an answer': {
        reported: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
        used: null,
        cost: null,
      },
      'no tokens of a prompt': {
        reported: { prompt_tokens: 0, completion_tokens: 9 },
        used: null,
        cost: null,
      },
      'no tokens of an answer': {
        reported: { prompt_tokens: 9, completion_tokens: 0 },
        used: null,
        cost: null,
      },
      'details that are null': {
        reported: { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: null },
        used: { inputTokens: 9, outputTokens: 1 },
        cost: 0.000019,
      },
      'a list': { reported: [], used: null, cost: null },
      'negative tokens': { reported: { prompt_tokens: -1, completion_tokens: 1 }, used: null, cost: null },
    };
    for (const [what, { reported, used, cost }] of Object.entries(cases)) {
      it(`reads ${what}`, () =>
        eachWay(
          { content: 'hi' },
          (reply) => {
            assert.deepEqual(reply.usage, used);
            assert.equal(reply.costUsd === null ? null : Number(reply.costUsd.toFixed(9)), cost);
          },
          usage(reported),
        ));
    }

    it('believes that an empty text took no tokens', () =>
      eachWay(
        { content: '' },
        (reply) => assert.deepEqual(reply.usage, { inputTokens: 9, outputTokens: 0 }),
        usage({ prompt_tokens: 9, completion_tokens: 0 }),
      ));
  });

  it('finds no output in an empty reply of the editor', async () => {
    const reply = { text: '', toolCalls: [], model: 'm', firstPartMs: null, counted: null, broken: null };
    const client = createEditorClient({
      model: 'm',
      models: { complete: async () => reply },
      clock: manualClock(0),
      guard: stillGuard(),
    });
    const answer = await client.complete({ messages: [], parameters: {} }, CALL);
    assert(answer.status === 'empty');
    assert.match(answer.reason, /no output/);
  });
});
