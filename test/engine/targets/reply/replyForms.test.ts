import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import type { Output, Usage } from '../../../../src/engine/model/output.ts';
import { type ReplyForm, readReply } from '../../../../src/engine/targets/reply/agentReply.ts';
import { findReply } from '../../../../src/engine/targets/reply/findReply.ts';
import type { ResponsePaths } from '../../../../src/engine/targets/reply/foreignReply.ts';

const read = (value: JsonValue, form: ReplyForm = { kind: 'json' }): Output =>
  readReply(JSON.stringify(value), form, 1);

function complete(output: Output) {
  assert.equal(output.status, 'complete', JSON.stringify(output));
  return output;
}

function problem(value: JsonValue, paths?: ResponsePaths): string {
  const output = read(value, paths ? { kind: 'path', paths } : { kind: 'json' });
  assert.equal(output.status, 'error', JSON.stringify(output));
  assert.equal(output.error.code, 'protocol');
  return output.error.message;
}

const call = { name: 'lookup', arguments: { id: 'A1' } };

describe('forms of tool calls', () => {
  const accepted: [string, JsonValue, JsonValue?][] = [
    ['the document’s own', { name: 'lookup', arguments: { id: 'A1' } }],
    ['OpenAI', { id: 'c1', type: 'function', function: { name: 'lookup', arguments: { id: 'A1' } } }, 'c1'],
    ['AI SDK 5', { type: 'tool-call', toolCallId: 'c1', toolName: 'lookup', input: { id: 'A1' } }, 'c1'],
    ['AI SDK 4', { toolCallId: 'c1', toolName: 'lookup', args: { id: 'A1' } }, 'c1'],
    ['LangChain', { name: 'lookup', args: { id: 'A1' }, id: 'c1', type: 'tool_call' }, 'c1'],
    ['Anthropic', { type: 'tool_use', id: 'c1', name: 'lookup', input: { id: 'A1' } }, 'c1'],
    [
      'Mastra',
      { type: 'tool-call', payload: { toolCallId: 'c1', toolName: 'lookup', args: { id: 'A1' } } },
      'c1',
    ],
    ['an id that is not reported', { id: null, name: 'lookup', arguments: { id: 'A1' } }],
  ];
  for (const [name, given, id] of accepted)
    it(`reads ${name}`, () => {
      const { toolCalls } = complete(read({ output: '', tool_calls: [given] }));
      assert.deepEqual(toolCalls, [id === undefined ? call : { id, ...call }]);
    });

  it('keeps arguments that are a text as they are', () => {
    const given = { function: { name: 'lookup', arguments: '{"id":"A1"}' } };
    const { toolCalls } = complete(read({ output: '', tool_calls: [given] }));
    assert.deepEqual(toolCalls, [{ name: 'lookup', arguments: '{"id":"A1"}' }]);
  });

  it('takes a call without arguments for one', () => {
    for (const given of [
      { name: 'now' },
      { name: 'now', arguments: null },
      { name: 'now', id: 'x', type: 'function' },
    ])
      assert.deepEqual(complete(read({ output: '', tool_calls: [given] })).toolCalls[0]?.arguments, {});
  });

  it('reads the same forms in steps, and calls under the key toolCalls', () => {
    const steps = [{ type: 'tool', toolName: 'lookup', input: { id: 'A1' }, latency_ms: null, output: null }];
    assert.deepEqual(complete(read({ output: '', steps })).toolCalls, [call]);
    assert.deepEqual(
      complete(read({ output: '', toolCalls: [{ name: 'lookup', args: { id: 'A1' } }] })).toolCalls,
      [call],
    );
  });

  it('names what it does not understand, and never makes it empty arguments', () => {
    const cases: [JsonValue, RegExp][] = [
      [
        { output: '', tool_calls: [{ name: 'lookup', params: { id: 1 } }] },
        /"tool_calls\.0\.params".*\{ name, args \}/,
      ],
      [
        { output: '', tool_calls: [{ function: { name: 'l', parms: {} } }] },
        /"tool_calls\.0\.function\.parms"/,
      ],
      [{ output: '', tool_calls: [{ tool: 'lookup', args: {} }] }, /"tool_calls\.0\.name".*OpenAI/],
      [{ output: '', tool_calls: { name: 'lookup' } }, /"tool_calls" must be a list/],
      [{ output: '', tool_calls: ['lookup'] }, /"tool_calls\.0" must be an object/],
      [{ output: '', steps: [{ type: 'tool', name: 'lookup', params: {} }] }, /"steps\.0\.params"/],
    ];
    for (const [value, pattern] of cases) assert.match(problem(value), pattern);
  });
});

describe('forms of usage', () => {
  const accepted: [string, JsonValue, Usage | null][] = [
    ['the document’s own', { input_tokens: 9, output_tokens: 2 }, { inputTokens: 9, outputTokens: 2 }],
    [
      'nulls',
      { input_tokens: 9, output_tokens: 2, cached_input_tokens: null, reasoning_tokens: null },
      { inputTokens: 9, outputTokens: 2 },
    ],
    [
      'OpenAI chat',
      {
        prompt_tokens: 9,
        completion_tokens: 2,
        total_tokens: 11,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
      { inputTokens: 9, outputTokens: 2, cachedInputTokens: 4, reasoningTokens: 1 },
    ],
    [
      'AI SDK',
      { inputTokens: 9, outputTokens: 2, totalTokens: 11, cachedInputTokens: 4, reasoningTokens: 1 },
      { inputTokens: 9, outputTokens: 2, cachedInputTokens: 4, reasoningTokens: 1 },
    ],
    // https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching: input_tokens leaves the cached ones out.
    [
      'Anthropic with its cache',
      { input_tokens: 9, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 2 },
      { inputTokens: 129, outputTokens: 2, cachedInputTokens: 100, cacheWriteTokens: 20 },
    ],
    ['AI SDK 4', { promptTokens: 9, completionTokens: 2 }, { inputTokens: 9, outputTokens: 2 }],
    ['one count that is not reported', { input_tokens: 9, output_tokens: null }, null],
    ['a total alone', { total_tokens: 11 }, null],
    ['nothing', null, null],
  ];
  for (const [name, given, expected] of accepted)
    it(`reads ${name}`, () => assert.deepEqual(complete(read({ output: '', usage: given })).usage, expected));

  it('names what it does not understand', () => {
    const cases: [JsonValue, RegExp][] = [
      [{ tokens: 3 }, /"usage\.tokens" is not understood.*prompt_tokens/],
      [{ input_tokens: 1.5, output_tokens: 1 }, /"usage\.input_tokens" must be a whole number/],
      [{ input_tokens: '3', output_tokens: 1 }, /"usage\.input_tokens"/],
      [{ prompt_tokens: -1, completion_tokens: 1 }, /"usage\.prompt_tokens"/],
      [[], /"usage" must be an object/],
    ];
    for (const [usage, pattern] of cases) assert.match(problem({ output: '', usage }), pattern);
  });
});

describe('replies of other forms', () => {
  const path = (value: JsonValue, paths: ResponsePaths) => complete(read(value, { kind: 'path', paths }));

  it('keep what stands beside the answer: Mastra', () => {
    const reply = {
      text: 'On its way.',
      toolCalls: [{ type: 'tool-call', payload: { toolName: 'lookup', args: { id: 'A1' } } }],
      usage: { inputTokens: 9, outputTokens: 2 },
      finishReason: 'stop',
    };
    const output = path(reply, { text: 'text' });
    assert.equal(output.text, 'On its way.');
    assert.deepEqual(output.toolCalls, [call]);
    assert.deepEqual(output.usage, { inputTokens: 9, outputTokens: 2 });
    assert.equal(output.finishReason, 'stop');
  });

  it('keep what stands round the answer: a chat completion', () => {
    const message = {
      content: 'Hi',
      tool_calls: [{ id: 'c1', function: { name: 'lookup', arguments: '{}' } }],
    };
    const reply = {
      model: 'gpt-5-mini',
      choices: [{ finish_reason: 'tool_calls', message }],
      usage: { prompt_tokens: 9, completion_tokens: 2 },
    };
    const output = path(reply, { text: 'choices.0.message.content' });
    assert.deepEqual(output.toolCalls, [{ id: 'c1', name: 'lookup', arguments: '{}' }]);
    assert.deepEqual(
      [output.finishReason, output.model, output.usage?.inputTokens],
      ['tool_calls', 'gpt-5-mini', 9],
    );

    const silent = { ...reply, choices: [{ message: { ...message, content: null } }] };
    assert.equal(path(silent, { text: '/choices/0/message/content' }).text, '');
  });

  it('keep what a command line prints: cost and usage of Claude', () => {
    const reply = {
      type: 'result',
      result: 'Done.',
      total_cost_usd: 0.012,
      usage: { input_tokens: 3, cache_read_input_tokens: 10, output_tokens: 4 },
    };
    const output = path(reply, { text: 'result' });
    assert.deepEqual([output.text, output.costUsd, output.usage?.inputTokens], ['Done.', 0.012, 13]);
  });

  it('are no answer where the reply says that it is an error; what it cost stands', () => {
    const base = { type: 'result', subtype: 'success', total_cost_usd: 0.5 };
    const form: ReplyForm = { kind: 'path', paths: { text: 'result' } };
    for (const [reply, message] of [
      [{ ...base, is_error: true, result: 'API Error: 529' }, 'API Error: 529'],
      [{ ...base, isError: true, result: null }, 'The agent says that it failed.'],
    ] as const) {
      const output = read(reply, form);
      assert.equal(output.status, 'error');
      assert.deepEqual([output.error.code, output.error.message, output.costUsd], ['agent', message, 0.5]);
      const line = JSON.stringify(reply);
      assert.equal(findReply(`{"type":"system"}\n${line}\n`, form)?.text, line);
    }
    assert.equal(complete(read({ ...base, is_error: false, result: 'Hi' }, form)).text, 'Hi');
  });

  it('are read where the paths say, and what stands there must be understood', () => {
    const reply = {
      data: { answer: 'Hi' },
      meta: { llm: 'm-1', tokens: { prompt_tokens: 1, completion_tokens: 1 } },
    };
    const paths = { text: 'data.answer', usage: '/meta/tokens', model: 'meta.llm' };
    const output = path(reply, paths);
    assert.deepEqual([output.model, output.usage], ['m-1', { inputTokens: 1, outputTokens: 1 }]);
    assert.equal(path(reply, { text: 'data.answer', usage: 'meta.none' }).usage, null);
    assert.match(problem(reply, { text: 'data.answer', usage: 'meta' }), /"meta\.llm" is not understood/);
    assert.match(problem(reply, { text: 'data.answer', tool_calls: 'meta' }), /"meta" must be a list/);
  });

  it('leave out what nobody asked for and what is not understood', () => {
    const output = path({ answer: 'Hi', usage: 'much', tool_calls: 3 }, { text: 'answer' });
    assert.deepEqual([output.usage, output.toolCalls], [null, []]);
  });
});
