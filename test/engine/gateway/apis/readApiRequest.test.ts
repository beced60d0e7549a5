import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apiError } from '../../../../src/engine/gateway/apis/apiError.ts';
import { apiOf } from '../../../../src/engine/gateway/apis/apiName.ts';
import { editRequest } from '../../../../src/engine/gateway/apis/editRequest.ts';
import { writeMessages } from '../../../../src/engine/gateway/apis/messages/writeMessages.ts';
import { readApiRequest } from '../../../../src/engine/gateway/apis/readApiRequest.ts';
import type { Message } from '../../../../src/engine/model/message.ts';
import { loadedCounts } from './tapping.ts';

const read = (api: Parameters<typeof readApiRequest>[0], body: unknown) =>
  readApiRequest(api, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('which API a path belongs to', () => {
  for (const [method, path, api] of [
    ['POST', '/v1/chat/completions', 'chat'],
    ['POST', '/v1/chat/completions/?api-version=1', 'chat'],
    ['POST', '/v1/responses', 'responses'],
    ['POST', '/v1/embeddings', 'embeddings'],
    ['POST', '/v1/messages?beta=true', 'messages'],
    ['GET', '/v1/models', 'models'],
    ['GET', '/v1/models/gpt-4o', 'models'],
    ['GET', '/v1/chat/completions', undefined],
    ['POST', '/v1/messages/count_tokens', undefined],
    ['GET', '/v1/responses/resp_1', undefined],
    ['POST', '/v1/modelsX', undefined],
    ['POST', '/agents/support', undefined],
  ] as const)
    it(`${method} ${path}: ${api}`, () => assert.equal(apiOf(method, path), api));
});

describe('what is read of a request', () => {
  it('is what a chat completion says', () => {
    const request = read('chat', {
      model: 'gpt-4o',
      stream: true,
      stream_options: { include_usage: true },
      user: 'u',
      metadata: { session_id: 's' },
      max_tokens: 5,
      max_completion_tokens: 7,
      variables: { city: 'Bern' },
      messages: [
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: 'data:x' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'done' }] },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }],
    });

    const { messages, tools, inputTokens, ...told } = request;
    assert.deepEqual(told, {
      ...{ api: 'chat', model: 'gpt-4o', stream: true, asksUsage: true, user: 'u', session: 's' },
      ...{ variables: { city: 'Bern' }, maxOutputTokens: 7 },
    });
    assert.equal(typeof inputTokens, 'function');
    assert.deepEqual(messages(), [
      { role: 'developer', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image', url: 'data:x' },
        ],
      },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'f', arguments: { a: 1 } }] },
      { role: 'tool', content: 'done', toolCallId: 'c' },
    ]);
    assert.deepEqual(tools(), [{ name: 'f', parameters: { type: 'object' }, strict: true }]);
  });

  it('is what a message of Anthropic’s form says', () => {
    const request = read('messages', {
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }],
      metadata: { user_id: 'u' },
      messages: [
        { role: 'user', content: 'Where?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 't', name: 'find', input: { q: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'here' }] },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
          ],
        },
      ],
      tools: [{ name: 'find', description: 'finds', input_schema: { type: 'object' } }],
    });
    assert.deepEqual([request.user, request.maxOutputTokens, request.stream], ['u', 100, false]);
    assert.deepEqual(request.messages(), [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Where?' },
      { role: 'assistant', content: 'I look.', toolCalls: [{ id: 't', name: 'find', arguments: { q: 1 } }] },
      { role: 'tool', content: 'here', toolCallId: 't' },
      { role: 'user', content: [{ type: 'image', url: 'data:image/png;base64,AA' }] },
    ]);
    assert.deepEqual(request.tools(), [
      { name: 'find', description: 'finds', parameters: { type: 'object' } },
    ]);
  });

  it('is what a request for a response says', () => {
    const request = read('responses', {
      model: 'gpt-5',
      instructions: 'Be kind.',
      max_output_tokens: 9,
      conversation: { id: 'conv_1' },
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Where?' }] },
        { type: 'reasoning', summary: [] },
        { type: 'function_call', call_id: 'c', name: 'find', arguments: '{"q":1}' },
        { type: 'function_call_output', call_id: 'c', output: 'here' },
      ],
      tools: [{ type: 'function', name: 'find', parameters: {} }, { type: 'web_search' }],
    });
    assert.deepEqual([request.session, request.maxOutputTokens], ['conv_1', 9]);
    assert.deepEqual(request.messages(), [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Where?' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'find', arguments: { q: 1 } }] },
      { role: 'tool', content: 'here', toolCallId: 'c' },
    ]);
    assert.deepEqual(request.tools(), [{ name: 'find', parameters: {} }]);
    assert.deepEqual(read('responses', { input: 'Hi' }).messages(), [{ role: 'user', content: 'Hi' }]);
  });

  it('is the texts of embeddings; tokens that are given are counted as they are', async () => {
    const counts = await loadedCounts();
    const texts = read('embeddings', { model: 'text-embedding-3-small', input: ['hello world', 'bye'] });
    assert.deepEqual(
      texts.messages().map(({ content }) => content),
      ['hello world', 'bye'],
    );
    assert.ok(texts.inputTokens(counts) >= 3);
    assert.equal(read('embeddings', { input: [1, 2, 3] }).inputTokens(counts), 3);
    assert.equal(
      read('embeddings', {
        input: [
          [1, 2],
          [3, 4, 5],
        ],
      }).inputTokens(counts),
      5,
    );
  });

  it('is the last of a key that comes twice, behind a byte order mark, and what stands beside nesting beyond reason', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const request = read('chat', `\ufeff{"model":"a","model":"b","messages":${deep},"stream":true}`);
    assert.deepEqual([request.model, request.stream, request.messages()], ['b', true, []]);
    const hostile = read('chat', '{"__proto__":{"model":"x"},"metadata":{"__proto__":{"session_id":"s"}}}');
    assert.deepEqual([hostile.model, hostile.session], [undefined, undefined]);
  });

  it('is whether the client itself asks for the usage of a stream, in either way', () => {
    for (const [body, asks] of [
      ['{}', false],
      ['{"stream_options":null}', false],
      ['{"stream_options":{"include_usage":false}}', false],
      ['{"stream_options":{"include_usage":true}}', true],
      ['{"usage":{"include":true}}', true],
      ['{"usage":true}', false],
    ] as const)
      assert.equal(read('chat', body).asksUsage, asks, body);
  });

  it('is nothing of an agent’s body', () => {
    const { model, stream, messages } = read('agent', { model: 'a', stream: true });
    assert.deepEqual([model, stream, messages()], [undefined, false, []]);
  });

  it('never fails, whatever the bytes are', async () => {
    const counts = await loadedCounts();
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(
          fc.constantFrom(
            'model',
            'messages',
            'input',
            'system',
            'tools',
            'stream',
            'metadata',
            'max_tokens',
            'stream_options',
            'instructions',
          ),
          fc.oneof(
            fc.jsonValue(),
            fc.array(
              fc.dictionary(
                fc.constantFrom(
                  'role',
                  'content',
                  'type',
                  'tool_calls',
                  'function',
                  'text',
                  'source',
                  'image_url',
                  'input',
                  'name',
                ),
                fc.jsonValue(),
              ),
            ),
          ),
        )
        .map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('chat', 'responses', 'messages', 'embeddings', 'agent', 'models'),
        bodies,
        (api, body) => {
          const request = readApiRequest(api, Buffer.from(body));
          request.messages();
          request.tools();
          assert.ok(request.inputTokens(counts) >= 0);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('counts a long request by samples', async () => {
    const counts = await loadedCounts();
    const content = 'All happy families are alike. '.repeat(70_000);
    const request = read('chat', { model: 'gpt-4o', messages: [{ role: 'user', content }] });
    assert.ok(Math.abs(request.inputTokens(counts) / (70_000 * 6) - 1) < 0.05);
  });
});

describe('messages in the form of an API', () => {
  const messages: Message[] = [
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image', url: 'data:image/png;base64,AA' },
      ],
    },
    {
      role: 'assistant',
      content: 'I look.',
      toolCalls: [
        { id: 'a', name: 'f', arguments: { q: 1 } },
        { id: 'b', name: 'g', arguments: {} },
      ],
    },
    { role: 'tool', content: 'here', toolCallId: 'a' },
    { role: 'tool', content: 'there', toolCallId: 'b' },
    { role: 'assistant', content: 'There it is.' },
    { role: 'user', content: 'Thanks' },
  ];

  for (const api of ['chat', 'messages'] as const)
    it(`mean the same when they are read again: ${api}`, () =>
      assert.deepEqual(read(api, writeMessages(api, messages)).messages(), messages));

  it('mean the same when they are read again: responses, where each call is a message', () => {
    const again = read('responses', writeMessages('responses', messages)).messages();
    const calls = again.flatMap(({ toolCalls = [] }) => toolCalls);
    assert.deepEqual(calls, messages[2]?.toolCalls);
    assert.deepEqual(
      again.filter(({ toolCalls }) => !toolCalls),
      messages.map(({ toolCalls, ...message }) => message),
    );
  });

  it('are set in a request beside everything else that it says', () => {
    const body = Buffer.from('{"model":"m", "input":"old", "temperature":1.0}');
    const edited = editRequest(body, {
      parameters: writeMessages('responses', [{ role: 'user', content: 'new' }]),
    });
    assert.equal(
      edited.toString(),
      '{"model":"m", "input":[{"role":"user","content":"new"}], "temperature":1.0}',
    );
    assert.deepEqual(writeMessages('agent', messages), {});
  });
});

describe('a refusal of the gateway', () => {
  it('has the form that the clients of the API expect', () => {
    assert.deepEqual(JSON.parse(apiError('chat', 429, 'spent', 'insufficient_quota').body), {
      error: { message: 'spent', type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
    });
    for (const [status, type, said] of [
      [429, 'insufficient_quota', 'rate_limit_error'],
      [503, 'server_error', 'api_error'],
      [529, 'overloaded_error', 'overloaded_error'],
      [418, 'x', 'invalid_request_error'],
    ] as const)
      assert.deepEqual(JSON.parse(apiError('messages', status, 'no', type).body), {
        type: 'error',
        error: { type: said, message: 'no' },
      });
  });
});
