import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import {
  ANSWER,
  PIECES,
  startProtocolUpstream,
  TOOL_CALL,
} from '../../../support/gateway/protocolUpstream.ts';
import type { ScriptedUpstream } from '../../../support/gateway/scriptedUpstream.ts';
import {
  KEY,
  provider,
  startGateway,
  type TestGateway,
  TOKEN,
} from '../../../support/gateway/testGateway.ts';

const MODEL = 'gpt-4o';
const QUESTION = [{ role: 'user' as const, content: 'Where is it?' }];
const PARAMETERS = { type: 'object' as const, properties: { city: { type: 'string' as const } } };

/** Each as its documentation says, with nothing but another address and the gateway's token for a key. */
describe('clients that people use work through the gateway unchanged', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  before(async () => {
    upstream = await startProtocolUpstream(9);
    const providers = { openai: provider(upstream.baseUrl), anthropic: provider(upstream.baseUrl) };
    gateway = await startGateway({ config: undefined, providers });
  });
  after(async () => {
    await gateway.close();
    await upstream.close();
  });
  afterEach(() => {
    assert.deepEqual(gateway.bugs, []);
    const shown = JSON.stringify(upstream.requests);
    assert.ok(!shown.includes(TOKEN), 'the token has left');
    for (const { headers } of upstream.requests) assert.ok(JSON.stringify(headers).includes(KEY));
    assert.deepEqual(
      gateway.finished
        .filter(({ ending }) => ending !== 'done')
        .map(({ ending, reason }) => [ending, reason]),
      [],
    );
  });

  const origin = () => `http://127.0.0.1:${gateway.server.port}`;
  const lastSaid = () => gateway.finished.at(-1)?.summary;

  describe('openai', () => {
    const client = () => new OpenAI({ apiKey: TOKEN, baseURL: `${origin()}/v1`, maxRetries: 0 });
    const offered = [
      { type: 'function' as const, function: { name: TOOL_CALL.name, parameters: PARAMETERS } },
    ];

    it('chat', async () => {
      const { choices, usage } = await client().chat.completions.create({ model: MODEL, messages: QUESTION });
      assert.deepEqual([choices[0]?.message.content, usage?.total_tokens], [ANSWER, 21]);
    });

    it('chat, streaming, without usage and with it', async () => {
      for (const asked of [{}, { stream_options: { include_usage: true } }]) {
        const before = gateway.finished.length;
        const stream = await client().chat.completions.create({
          model: MODEL,
          messages: QUESTION,
          stream: true,
          ...asked,
        });
        const chunks: OpenAI.ChatCompletionChunk[] = [];
        for await (const chunk of stream) chunks.push(chunk);
        const texts = chunks.flatMap(({ choices }) => choices[0]?.delta.content || []);
        assert.deepEqual(texts, PIECES);
        assert.deepEqual(
          chunks.filter(({ choices }) => choices.length === 0).map(({ usage }) => usage?.total_tokens),
          'stream_options' in asked ? [21] : [],
        );
        await gateway.ended(before + 1);
        assert.deepEqual(lastSaid()?.usage, { inputTokens: 9, outputTokens: 12 });
      }
    });

    it('tools, to the end', async () => {
      const runner = client().chat.completions.runTools({
        model: MODEL,
        messages: QUESTION,
        tools: [
          {
            type: 'function',
            function: {
              name: TOOL_CALL.name,
              parameters: PARAMETERS,
              description: 'what it is like outside',
              function: (given: string) => `rain in ${JSON.parse(given).city}`,
            },
          },
        ],
      });
      assert.equal(await runner.finalContent(), ANSWER);
      const stream = client().chat.completions.stream({ model: MODEL, messages: QUESTION, tools: offered });
      const [call] = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls ?? [];
      assert.deepEqual(call?.type === 'function' && JSON.parse(call.function.arguments), TOOL_CALL.arguments);
    });

    it('responses, streaming and not, and tools', async () => {
      const asked = { model: MODEL, input: 'Where is it?' };
      assert.equal((await client().responses.create(asked)).output_text, ANSWER);
      assert.equal((await client().responses.stream(asked).finalResponse()).output_text, ANSWER);

      const tools = [
        { type: 'function' as const, name: TOOL_CALL.name, parameters: PARAMETERS, strict: false },
      ];
      const { output } = await client()
        .responses.stream({ ...asked, tools })
        .finalResponse();
      assert.deepEqual(
        output.map((item) => item.type === 'function_call' && item.name),
        [TOOL_CALL.name],
      );
    });

    it('embeddings and models', async () => {
      const { data, usage } = await client().embeddings.create({
        model: 'text-embedding-3-small',
        input: ['a', 'b'],
      });
      assert.deepEqual(
        data.map(({ embedding }) => embedding),
        [
          [0.5, -0.25, 1],
          [0.5, -0.25, 1],
        ],
      );
      assert.equal(usage.prompt_tokens, 5);
      assert.deepEqual(
        (await client().models.list()).data.map(({ id }) => id),
        ['gpt-4o'],
      );
      assert.equal((await client().models.retrieve('gpt-4o')).id, 'gpt-4o');
    });

    it('an error is the provider’s', async () => {
      const asked = client().completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'x' });
      await assert.rejects(
        asked,
        (error) => error instanceof OpenAI.NotFoundError && /no \/v1\/completions/.test(error.message),
      );
    });
  });

  it('the token is asked for in the form of either API', async () => {
    const openai = new OpenAI({ apiKey: 'wrong', baseURL: `${origin()}/v1`, maxRetries: 0 });
    await assert.rejects(
      openai.chat.completions.create({ model: MODEL, messages: QUESTION }),
      OpenAI.AuthenticationError,
    );
    const anthropic = new Anthropic({ apiKey: 'wrong', baseURL: origin(), maxRetries: 0 });
    await assert.rejects(
      anthropic.messages.create({ model: 'claude-test', max_tokens: 9, messages: QUESTION }),
      (error) => error instanceof Anthropic.AuthenticationError && error.type === 'authentication_error',
    );
  });

  describe('@anthropic-ai/sdk', () => {
    const client = () => new Anthropic({ apiKey: TOKEN, baseURL: origin(), maxRetries: 0 });
    const asked = { model: 'claude-test', max_tokens: 99, messages: QUESTION };

    it('messages', async () => {
      const { content, usage } = await client().messages.create(asked);
      assert.deepEqual([content[0]?.type === 'text' && content[0].text, usage.output_tokens], [ANSWER, 12]);
    });

    it('messages, streaming, and tools', async () => {
      const stream = client().messages.stream(asked);
      assert.equal(await stream.finalText(), ANSWER);
      const tools = [{ name: TOOL_CALL.name, input_schema: PARAMETERS }];
      const { content, stop_reason } = await client()
        .messages.stream({ ...asked, tools })
        .finalMessage();
      assert.deepEqual(
        [content[0]?.type === 'tool_use' && content[0].input, stop_reason],
        [TOOL_CALL.arguments, 'tool_use'],
      );
    });
  });

  describe('ai with @ai-sdk/openai', () => {
    const provided = () => createOpenAI({ apiKey: TOKEN, baseURL: `${origin()}/v1` });
    const tools = {
      [TOOL_CALL.name]: tool({
        inputSchema: jsonSchema<{ city: string }>(PARAMETERS),
        execute: async ({ city }) => `rain in ${city}`,
      }),
    };

    for (const [name, model] of [
      ['chat', () => provided().chat(MODEL)],
      ['responses', () => provided().responses(MODEL)],
    ] as const) {
      it(`generateText, ${name}`, async () => {
        const { text, usage } = await generateText({ model: model(), prompt: 'Where is it?', maxRetries: 0 });
        assert.deepEqual([text, usage.outputTokens], [ANSWER, 12]);
      });

      it(`streamText, ${name}`, async () => {
        const { textStream } = streamText({ model: model(), prompt: 'Where is it?', maxRetries: 0 });
        const texts: string[] = [];
        for await (const text of textStream) texts.push(text);
        assert.equal(texts.join(''), ANSWER);
      });

      it(`tools, ${name}`, async () => {
        const options = {
          model: model(),
          prompt: 'Weather?',
          tools,
          stopWhen: stepCountIs(3),
          maxRetries: 0,
        };
        const { steps, text } = await generateText(options);
        assert.deepEqual([steps.length, text], [2, ANSWER]);
        assert.deepEqual(
          steps[0]?.toolCalls.map(({ toolName, input }) => ({ name: toolName, arguments: input })),
          [TOOL_CALL],
        );
        assert.equal(await streamText(options).text, ANSWER);
      });
    }
  });

  it('curl', async () => {
    const curl = async (...given: string[]) =>
      (
        await promisify(execFile)('curl', [
          '-sS',
          '--max-time',
          '20',
          '-H',
          `Authorization: Bearer ${TOKEN}`,
          ...given,
        ])
      ).stdout;
    const url = `${origin()}/v1/chat/completions`;
    const asked = JSON.stringify({ model: MODEL, messages: QUESTION });
    const { choices } = JSON.parse(await curl(url, '-H', 'content-type: application/json', '-d', asked));
    assert.equal(choices[0].message.content, ANSWER);
    assert.match(await curl('-N', url, '-d', asked.replace('{', '{"stream":true,')), /data: \[DONE\]\n\n$/);
    assert.match(await curl('--http1.0', `${origin()}/v1/models`), /"gpt-4o"/);
  });
});
