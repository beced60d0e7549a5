import assert from 'node:assert/strict';
import { RECORDED } from './recordedStreams.ts';
import { inPieces, passed, tapOf } from './tapping.ts';

const ENDS = { LF: '\n', CRLF: '\r\n', CR: '\r' };

describe('a stream as it passes', () => {
  for (const { name, api, events, firstContent, says } of RECORDED) {
    for (const [end, mark] of Object.entries(ENDS)) {
      it(`is the same, and read right: ${name}, ${end}`, async () => {
        const bytes = Buffer.from(events.join('').replaceAll('\n', mark));
        for (const lengths of [[], [1], [2], [3, 1], [1000]]) {
          const tap = await tapOf({ api });
          assert.ok(passed(tap, inPieces(bytes, lengths)).equals(bytes), `pieces of ${lengths}`);

          const summary = tap.summary();
          const told = Object.fromEntries(
            Object.keys(says).map((key) => [key, summary[key as keyof typeof summary]]),
          );
          assert.deepEqual(told, says);
          assert.deepEqual([tap.isWhole, tap.error], [true, undefined]);
        }
      });
    }

    it(`has its first content where a client first shows something: ${name}`, async () => {
      const tap = await tapOf({ api });
      const contentAt = events.findIndex((event) => {
        tap.push(Buffer.from(event));
        return tap.hasContent;
      });
      assert.equal(contentAt, firstContent);
    });
  }

  it('has no content while there are only signs of life', async () => {
    for (const [api, events] of SIGNS_OF_LIFE) {
      const tap = await tapOf({ api });
      passed(tap, [Buffer.from(events)]);
      assert.deepEqual([tap.hasContent, tap.isWhole], [false, events.includes('DONE')], events);
      if (!events.includes('usage')) assert.equal(tap.summary().usage, null);
    }
  });

  it('takes an end without any text for an answer, and one of a failure for none', async () => {
    const filtered = await tapOf();
    passed(filtered, [Buffer.from('data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n\n')]);
    assert.deepEqual([filtered.hasContent, filtered.isWhole], [true, true]);

    const failed = await tapOf();
    passed(failed, [Buffer.from('data: {"choices":[{"delta":{},"finish_reason":"error"}]}\n\n')]);
    assert.deepEqual([failed.hasContent, failed.isWhole, failed.error?.code], [false, false, 'error']);
  });

  it('does not take U+2028 or U+0085 for the end of a line', async () => {
    const tap = await tapOf();
    const bytes = Buffer.from(`data: {"choices":[{"delta":{"content":"a\u2028b\u0085c"}}]}\n\n`);
    assert.ok(passed(tap, inPieces(bytes, [1])).equals(bytes));
    assert.equal(tap.summary().text, 'a\u2028b\u0085c');
  });

  it('reads a byte order mark, `data:` without a space, data over several lines and a last event without its blank line', async () => {
    const tap = await tapOf();
    const bytes = Buffer.from(
      '\ufeffdata:{"choices":[{"delta":\rdata:{"content":"x"}}]}\r\rid: 7\nretry: 10\ndata: {"choices":[{"delta":{"content":"y"},"finish_reason":"stop"}]}',
    );
    assert.ok(passed(tap, inPieces(bytes, [1])).equals(bytes));
    assert.deepEqual([tap.summary().text, tap.isWhole], ['xy', true]);
  });

  it('tells an error in a stream of status 200, before the first content and behind it', async () => {
    for (const { api, error, words } of ERRORS) {
      const before = await tapOf({ api });
      passed(before, [Buffer.from(error)]);
      assert.deepEqual([before.hasContent, before.isWhole], [false, false], error);
      assert.deepEqual({ ...before.error, ...words }, before.error, error);

      const behind = await tapOf({ api });
      passed(behind, [Buffer.from(FIRST_WORDS[api]), Buffer.from(error)]);
      assert.deepEqual([behind.hasContent, behind.error?.message], [true, before.error?.message], error);
    }
  });

  it('passes an event of megabytes, and keeps no more of it than it may', async () => {
    const tap = await tapOf({ api: 'responses', dropsUsage: true });
    const whole = Buffer.from(
      `event: response.completed\ndata: {"response":{"output":[{"type":"image","result":"${'A'.repeat(20e6)}"}]}}\n\n`,
    );
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let got = 0;
    for (const [at, piece] of inPieces(whole, [65_536]).entries()) {
      got += tap.push(piece).length;
      // It is too long to be the usage: nothing of it is held back.
      if (at > 0) assert.ok(got >= at * 65_536);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    got += tap.end().length;
    assert.deepEqual([got, tap.hasContent, tap.isWhole], [whole.length, true, true]);
    assert.ok(most < 16e6, `${most} bytes`);
  });

  it('keeps of a long reply neither text nor calls, and estimates its tokens by what it kept', async () => {
    const tap = await tapOf();
    const word = 'data: {"choices":[{"delta":{"content":"'.concat('word '.repeat(10_000), '"}}]}\n\n');
    const pieces = Array.from({ length: 60 }, () => Buffer.from(word));
    passed(tap, pieces);
    const { text, isTooLong, toolCalls, usage } = tap.summary();
    assert.deepEqual([text, isTooLong, toolCalls], [null, true, []]);
    assert.ok(Math.abs((usage?.outputTokens ?? 0) / 600_000 - 1) < 0.02, String(usage?.outputTokens));
  });

  it('counts tokens where the provider does not, and says so', async () => {
    const chat = await tapOf();
    passed(chat, [
      Buffer.from('data: {"choices":[{"delta":{"content":"hello world"},"finish_reason":"stop"}]}\n\n'),
    ]);
    // By the cookbook: 3 for each message, its role and text, 3 for the reply.
    assert.deepEqual(chat.summary().usage, { inputTokens: 11, outputTokens: 2, counted: true });

    const zeros = await tapOf();
    const none = '"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}';
    passed(zeros, [Buffer.from(`data: {"choices":[{"delta":{"content":"hello world"}}],${none}}\n\n`)]);
    assert.equal(zeros.summary().usage?.counted, true);
  });

  it('takes the usage at the end of a message for the whole, but for zeros where more was told', async () => {
    const usageOf = async (begun: object, end: object) => {
      const tap = await tapOf({ api: 'messages' });
      const events = [
        { type: 'message_start', message: { usage: begun } },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: end },
      ];
      passed(
        tap,
        events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`)),
      );
      return tap.summary().usage;
    };
    const told = { inputTokens: 20, outputTokens: 5 };
    const input = { input_tokens: 20 };
    assert.deepEqual(await usageOf({ ...input, output_tokens: 1 }, { output_tokens: 5 }), told);
    assert.deepEqual(
      await usageOf({ ...input, output_tokens: 1 }, { input_tokens: 0, output_tokens: 5 }),
      told,
    );
    assert.deepEqual(
      await usageOf({ input_tokens: 0, output_tokens: 0 }, { ...input, output_tokens: 5 }),
      told,
    );
    const cached = { ...input, cache_read_input_tokens: 7, cache_creation_input_tokens: null };
    assert.deepEqual(await usageOf(cached, { ...cached, output_tokens: 5 }), {
      ...{ inputTokens: 27, outputTokens: 5, cachedInputTokens: 7 },
    });
  });

  it('counts the output of a message that breaks off, beside the input that was told', async () => {
    const tap = await tapOf({ api: 'messages' }, { model: 'claude-sonnet-4-5', messages: [] });
    passed(tap, [
      Buffer.from(
        'data: {"type":"message_start","message":{"usage":{"input_tokens":12,"cache_read_input_tokens":30,"output_tokens":1}}}\n\n',
      ),
      Buffer.from(
        `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${'hello world '.repeat(20)}"}}\n\n`,
      ),
    ]);
    const { usage } = tap.summary();
    assert.deepEqual(
      { ...usage, outputTokens: 0 },
      { inputTokens: 42, outputTokens: 0, cachedInputTokens: 30, counted: true },
    );
    assert.ok((usage?.outputTokens ?? 0) > 40);
    assert.equal(tap.isWhole, false);
  });
});

const SIGNS_OF_LIFE = [
  ['chat', ''],
  ['chat', ': ping\n\n\n\ndata:\n\ndata: \n\n'],
  ['chat', 'data: [DONE]\n\n'],
  ['chat', 'data: {"choices":[{"delta":{"role":"assistant","content":"","tool_calls":[]}}]}\n\n'],
  ['chat', 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}}\n\n'],
  ['messages', 'event: ping\ndata: {"type":"ping"}\n\n'],
  ['messages', 'data: {"type":"message_start","message":{"id":"m","content":[]}}\n\n'],
  [
    'messages',
    'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
  ],
  ['responses', 'data: {"type":"response.created","response":{"id":"r"}}\n\n'],
  ['responses', 'data: {"type":"response.output_text.delta","delta":""}\n\n'],
] as const;

const ERRORS = [
  {
    api: 'chat',
    error: 'data: {"error":{"message":"overloaded","type":"server_error","code":"engine_overloaded"}}\n\n',
    words: { message: 'overloaded', code: 'engine_overloaded' },
  },
  {
    api: 'chat',
    error: 'data: {"object":"error","message":"too long","type":"BadRequestError","code":400}\n\n',
    words: { message: 'too long', code: 400 },
  },
  { api: 'chat', error: 'data: {"error":"out of memory"}\n\n', words: { message: 'out of memory' } },
  { api: 'chat', error: 'event: error\ndata: {"message":"gone"}\n\n', words: { message: 'gone' } },
  {
    api: 'chat',
    error:
      'data: {"id":"gen-1","error":{"code":502,"message":"disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n',
    words: { message: 'disconnected', code: 502 },
  },
  {
    api: 'messages',
    error:
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    words: { message: 'Overloaded', type: 'overloaded_error' },
  },
  {
    api: 'responses',
    error:
      'event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null}\n\n',
    words: { message: 'slow down', code: 'rate_limit_exceeded' },
  },
  {
    api: 'responses',
    error:
      'data: {"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_error","message":"broke"}}}\n\n',
    words: { message: 'broke', code: 'server_error' },
  },
] as const;

const FIRST_WORDS = {
  chat: 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n',
  messages: 'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}\n\n',
  responses: 'data: {"type":"response.output_text.delta","delta":"x"}\n\n',
};
