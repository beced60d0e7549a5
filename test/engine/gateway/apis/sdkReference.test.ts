import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { ApiName } from '../../../../src/engine/gateway/apis/apiName.ts';
import type { ReplySummary } from '../../../../src/engine/gateway/apis/replyTap.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../../../support/gateway/scriptedUpstream.ts';
import { seededRandom } from '../../../support/seededRandom.ts';
import { RECORDED } from './recordedStreams.ts';
import { inPieces, passed, tapOf } from './tapping.ts';

/** What a client has put together of a stream, in the words of a summary. */
type Heard = Pick<ReplySummary, 'text' | 'toolCalls' | 'usage' | 'model' | 'responseId' | 'finishReasons'>;

const QUESTION = [{ role: 'user' as const, content: 'Where is it?' }];

/** Their clients read these otherwise than the servers mean them. */
const ODD = /Ollama|Mistral|Azure|Groq|DeepSeek/;

describe('what the providers’ own clients read of a stream, and what is read of it as it passes', () => {
  let served = '';
  let upstream: ScriptedUpstream;
  before(async () => {
    upstream = await startScriptedUpstream((_, index) => ({
      headers: { 'content-type': 'text/event-stream' },
      body: [{ write: served, pieceBytes: 13 + (index % 7) * 31 }],
    }));
  });
  after(() => upstream.close());

  const hear: { readonly [api in ApiName]?: () => Promise<Heard> } = {
    chat: async () => {
      const client = new OpenAI({ apiKey: 'k', baseURL: upstream.baseUrl, maxRetries: 0 });
      const stream = client.chat.completions.stream({ model: 'gpt-4o', messages: QUESTION });
      const { id, model, choices, usage } = await stream.finalChatCompletion();
      const message = choices[0]?.message;
      return {
        ...{ model, responseId: id, finishReasons: choices.map((choice) => choice.finish_reason) },
        text: message?.refusal || (message?.content ?? null),
        toolCalls: (message?.tool_calls ?? []).map((call) =>
          call.type === 'function'
            ? { id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }
            : assert.fail(),
        ),
        usage: usage
          ? {
              inputTokens: usage.prompt_tokens,
              outputTokens: usage.completion_tokens,
              ...optional('cachedInputTokens', usage.prompt_tokens_details?.cached_tokens),
              ...optional('reasoningTokens', usage.completion_tokens_details?.reasoning_tokens),
            }
          : null,
      };
    },
    messages: async () => {
      const client = new Anthropic({ apiKey: 'k', baseURL: upstream.origin, maxRetries: 0 });
      const stream = client.messages.stream({
        model: 'claude-test',
        max_tokens: 9,
        messages: QUESTION,
      });
      const { id, model, content, stop_reason, usage } = await stream.finalMessage();
      const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
      const [read, written] = [usage.cache_read_input_tokens ?? 0, usage.cache_creation_input_tokens ?? 0];
      return {
        ...{ model, responseId: id, finishReasons: [stop_reason ?? ''] },
        text: texts.length > 0 ? texts.join('') : null,
        toolCalls: content.flatMap((block) =>
          block.type === 'tool_use'
            ? [{ id: block.id, name: block.name, arguments: JSON.parse(JSON.stringify(block.input)) }]
            : [],
        ),
        usage: {
          inputTokens: usage.input_tokens + read + written,
          outputTokens: usage.output_tokens,
          ...optional('cachedInputTokens', usage.cache_read_input_tokens ?? undefined),
          ...optional('cacheWriteTokens', written || undefined),
        },
      };
    },
    responses: async () => {
      const client = new OpenAI({ apiKey: 'k', baseURL: upstream.baseUrl, maxRetries: 0 });
      const stream = client.responses.stream({ model: 'gpt-5', input: 'Where is it?' });
      const { id, model, output, output_text, status, usage } = await stream.finalResponse();
      return {
        ...{ model, responseId: id, finishReasons: [status ?? ''], text: output_text },
        toolCalls: output.flatMap((item) =>
          item.type === 'function_call'
            ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) }]
            : [],
        ),
        usage: usage
          ? {
              inputTokens: usage.input_tokens,
              outputTokens: usage.output_tokens,
              ...optional('cachedInputTokens', usage.input_tokens_details.cached_tokens),
              ...optional('reasoningTokens', usage.output_tokens_details.reasoning_tokens),
            }
          : null,
      };
    },
  };

  async function compare(api: ApiName, bytes: Buffer): Promise<void> {
    served = bytes.toString();
    const heard = await hear[api]?.();
    const tap = await tapOf({ api });
    passed(tap, inPieces(bytes, [11]));
    const { text, toolCalls, usage, model, responseId, finishReasons } = tap.summary();
    const told = usage?.counted ? null : usage;
    assert.deepEqual({ text, toolCalls, usage: told, model, responseId, finishReasons }, heard);
  }

  for (const { name, api, events } of RECORDED.filter((stream) => !ODD.test(stream.name)))
    it(`are the same: ${name}`, () => compare(api, Buffer.from(events.join(''))));

  it('are the same for streams that are drawn', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 40; round += 1) {
      await compare('chat', Buffer.from(drawnChat(random)));
      await compare('messages', Buffer.from(drawnMessage(random)));
    }
  });
});

function optional<K extends string>(key: K, value: number | undefined): { [key in K]?: number } {
  const some: { [key in K]?: number } = {};
  if (value !== undefined) some[key] = value;
  return some;
}

const WORDS = ['Grüße ', '東京', '🎉', '\n', '\u2028', '"', '\\', ' ', 'data: ', '[DONE]', '', 'a'];

function drawn(random: () => number, most: number): string[] {
  return Array.from(
    { length: 1 + Math.floor(random() * most) },
    () => WORDS[Math.floor(random() * WORDS.length)] ?? '',
  );
}

function pieces(text: string, random: () => number): string[] {
  const cut = Math.floor(random() * text.length);
  return [text.slice(0, cut), text.slice(cut)];
}

function drawnChat(random: () => number): string {
  const chunk = (choices: object[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
  const delta = (said: object, reason: string | null = null) =>
    chunk([{ index: 0, delta: said, finish_reason: reason }]);
  const calls = Array.from({ length: Math.floor(random() * 3) }, (_, index) => ({
    index,
    args: { said: drawn(random, 4) },
  }));
  return [
    delta({ role: 'assistant', content: '' }),
    ...drawn(random, 8).map((content) => delta({ content })),
    ...calls.flatMap(({ index, args }) => [
      delta({
        tool_calls: [
          { index, id: `call_${index}`, type: 'function', function: { name: `f${index}`, arguments: '' } },
        ],
      }),
      ...pieces(JSON.stringify(args), random).map((text) =>
        delta({ tool_calls: [{ index, function: { arguments: text } }] }),
      ),
    ]),
    delta({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    random() < 0.5 ? chunk([], { usage: { prompt_tokens: 7, completion_tokens: 8, total_tokens: 15 } }) : '',
    'data: [DONE]\n\n',
  ].join('');
}

function drawnMessage(random: () => number): string {
  const event = (type: string, more: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const usage = { input_tokens: 7, cache_read_input_tokens: Math.floor(random() * 9), output_tokens: 1 };
  const blocks = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => {
    const block = (begun: object, deltas: object[]) => [
      event('content_block_start', { index, content_block: begun }),
      ...deltas.map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ];
    if (random() < 0.5)
      return block(
        { type: 'text', text: '' },
        drawn(random, 5).map((text) => ({ type: 'text_delta', text })),
      );
    const args = pieces(JSON.stringify({ said: drawn(random, 3) }), random);
    return block(
      { type: 'tool_use', id: `t${index}`, name: `f${index}`, input: {} },
      args.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    );
  });
  return [
    event('message_start', {
      message: {
        id: 'm1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    }),
    event('ping'),
    ...blocks.flat(),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 20 },
    }),
    event('message_stop'),
  ].join('');
}
