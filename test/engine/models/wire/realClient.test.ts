import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenAI } from 'openai';
import { type ChatRequest, readChatRequest } from '../../../../src/engine/models/wire/readRequest.ts';
import { addPart, emptyDraft } from '../../../../src/engine/models/wire/replyDraft.ts';
import type { ReplyPart } from '../../../../src/engine/models/wire/replyPart.ts';
import { StreamWriter, writeCompletion, writeError } from '../../../../src/engine/models/wire/writeReply.ts';

const HEAD = { id: 'chatcmpl-9', model: 'm-1', created: 1_700_000_000 };
const USAGE = { inputTokens: 12, outputTokens: 7, cachedInputTokens: 8, reasoningTokens: 2 };
const PARTS: ReplyPart[] = [
  { type: 'reasoning', text: 'hm' },
  { type: 'text', text: 'Grüße, ' },
  { type: 'text', text: '世界 🙂\n\u2028' },
  { type: 'tool-call', index: 0, id: 'call_a', name: 'look', arguments: '' },
  { type: 'tool-call', index: 0, id: undefined, name: undefined, arguments: '{"at":' },
  { type: 'tool-call', index: 0, id: undefined, name: undefined, arguments: '1}' },
  { type: 'tool-call', index: 1, id: 'call_b', name: 'find', arguments: '{}' },
  { type: 'usage', usage: USAGE },
  { type: 'finish', reason: 'tool_calls' },
];

/** The `openai` package from npm at the other end of a real socket. */
describe('the chat wire form before the real client', () => {
  const asked: ChatRequest[] = [];
  let server: Server;
  let client: OpenAI;
  let fails = false;

  before(async () => {
    server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const request = readChatRequest(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      asked.push(request);
      if (fails) {
        const error = {
          message: 'no such model',
          type: 'not_found_error',
          code: 'model_not_found',
          param: 'model',
        };
        outgoing.writeHead(404, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(writeError(error)));
      } else if (request.stream) {
        const writer = new StreamWriter(HEAD, { includeUsage: request.includeUsage });
        outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const part of PARTS) outgoing.write(writer.part(part));
        outgoing.end(writer.end());
      } else {
        const draft = emptyDraft();
        for (const part of PARTS) addPart(draft, part);
        outgoing.writeHead(200, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(writeCompletion(draft, HEAD)));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-test', maxRetries: 0 });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    fails = false;
    asked.length = 0;
  });

  const REQUEST = {
    model: 'm-1',
    messages: [
      { role: 'system' as const, content: 'be brief' },
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] },
    ],
    temperature: 0.5,
    max_completion_tokens: 9,
    stop: ['END'],
    tools: [{ type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } }],
    tool_choice: 'auto' as const,
  };

  const assertWhole = (completion: OpenAI.ChatCompletion) => {
    const [choice] = completion.choices;
    assert.equal(completion.id, 'chatcmpl-9');
    assert.equal(completion.model, 'm-1');
    assert.equal(choice?.finish_reason, 'tool_calls');
    assert.equal(choice?.message.role, 'assistant');
    assert.equal(choice?.message.content, 'Grüße, 世界 🙂\n\u2028');
    assert.deepEqual(
      choice?.message.tool_calls?.map((call) => (call.type === 'function' ? [call.id, call.function] : [])),
      [
        ['call_a', { name: 'look', arguments: '{"at":1}' }],
        ['call_b', { name: 'find', arguments: '{}' }],
      ],
    );
    assert.equal(completion.usage?.prompt_tokens, 12);
    assert.equal(completion.usage?.total_tokens, 19);
    assert.equal(completion.usage?.prompt_tokens_details?.cached_tokens, 8);
    assert.equal(completion.usage?.completion_tokens_details?.reasoning_tokens, 2);
  };

  it('is read in one piece, and its requests are read', async () => {
    assertWhole(await client.chat.completions.create(REQUEST));
    assert.deepEqual(asked[0], {
      model: 'm-1',
      request: {
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        ],
        parameters: { temperature: 0.5, maxTokens: 9, stop: ['END'], extra: { tool_choice: 'auto' } },
        tools: [{ name: 'look', parameters: { type: 'object' } }],
      },
      ...{ stream: false, includeUsage: false, ignored: [] },
    });
  });

  it('is put together from a stream by its own helper', async () => {
    const stream = client.chat.completions.stream({ ...REQUEST, stream_options: { include_usage: true } });
    assertWhole(await stream.finalChatCompletion());
    assert.equal(asked[0]?.includeUsage, true);
  });

  it('streams chunk by chunk, with usage in one of its own', async () => {
    const stream = await client.chat.completions.create({
      ...REQUEST,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant');
    assert.ok(chunks.every(({ object, id }) => object === 'chat.completion.chunk' && id === 'chatcmpl-9'));
    assert.deepEqual(chunks.at(-1)?.choices, []);
    assert.equal(chunks.at(-1)?.usage?.completion_tokens, 7);
    assert.equal(chunks.filter(({ usage }) => usage).length, 1);
  });

  it('is an error with its code and parameter', async () => {
    fails = true;
    const error = await client.chat.completions.create(REQUEST).then(
      () => assert.fail('it should have failed'),
      (reason: unknown) => reason,
    );
    assert(error instanceof OpenAI.NotFoundError);
    assert.deepEqual([error.code, error.param, error.type], ['model_not_found', 'model', 'not_found_error']);
    assert.equal(error.message, '404 no such model');
  });
});
