import type { ApiName } from '../../../../src/engine/gateway/apis/apiName.ts';
import type { ReplySummary } from '../../../../src/engine/gateway/apis/replyTap.ts';

/** A stream in the shape of a real server's, and what it says. */
export interface RecordedStream {
  name: string;
  api: ApiName;
  events: readonly string[];
  /** The first of the events that a client shows something of. */
  firstContent: number;
  says: Partial<ReplySummary>;
}

const data = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const named = (type: string, more: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

function chunk(choice: object | null, more: object = {}): string {
  const choices =
    choice === null ? [] : [{ index: 0, delta: {}, logprobs: null, finish_reason: null, ...choice }];
  return data({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_748_977_994,
    model: 'gpt-4o-2024-08-06',
    system_fingerprint: 'fp_1',
    choices,
    ...more,
  });
}

const said = (content: string) => chunk({ delta: { content } });
const END = [chunk({ finish_reason: 'stop' }), data('[DONE]')];
const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
const CALL = (index: number, more: object) => chunk({ delta: { tool_calls: [{ index, ...more }] } });

export const RECORDED: readonly RecordedStream[] = [
  {
    name: 'OpenAI, with usage in an event of its own',
    api: 'chat',
    events: [
      chunk({ delta: { role: 'assistant', content: '', refusal: null } }),
      said('Grüße'),
      said(' aus 東京'),
      chunk({ finish_reason: 'stop' }),
      chunk(null, {
        usage: {
          ...USAGE,
          prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      }),
      data('[DONE]'),
    ],
    firstContent: 1,
    says: {
      text: 'Grüße aus 東京',
      model: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
      fingerprint: 'fp_1',
      finishReasons: ['stop'],
      usage: { inputTokens: 9, outputTokens: 3, cachedInputTokens: 4, reasoningTokens: 1 },
    },
  },
  {
    name: 'Azure, whose first event has no choices',
    api: 'chat',
    events: [
      data({
        choices: [],
        created: 0,
        id: '',
        model: '',
        object: '',
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }],
      }),
      chunk({ delta: { role: 'assistant', content: '' }, content_filter_results: {} }),
      said('Hello'),
      ...END,
    ],
    firstContent: 2,
    says: { text: 'Hello', model: 'gpt-4o-2024-08-06', responseId: 'chatcmpl-1', finishReasons: ['stop'] },
  },
  {
    name: 'OpenAI, with two tool calls whose arguments come in pieces',
    api: 'chat',
    events: [
      chunk({ delta: { role: 'assistant', content: null } }),
      CALL(0, { id: 'call_a', type: 'function', function: { name: 'look', arguments: '' } }),
      CALL(0, { function: { arguments: '{"at":' } }),
      CALL(1, { id: 'call_b', type: 'function', function: { name: 'go', arguments: '' } }),
      CALL(0, { function: { arguments: '7}' } }),
      CALL(1, { function: { arguments: '{}' } }),
      chunk({ finish_reason: 'tool_calls' }),
      data('[DONE]'),
    ],
    firstContent: 1,
    says: {
      text: null,
      finishReasons: ['tool_calls'],
      toolCalls: [
        { id: 'call_a', name: 'look', arguments: { at: 7 } },
        { id: 'call_b', name: 'go', arguments: {} },
      ],
    },
  },
  {
    name: 'OpenAI, two choices',
    api: 'chat',
    events: [
      chunk({ index: 1, delta: { role: 'assistant', content: '' } }),
      chunk({ index: 1, delta: { content: 'second' } }),
      chunk({ delta: { role: 'assistant', content: 'first' } }),
      chunk({ index: 1, finish_reason: 'length' }),
      ...END,
    ],
    firstContent: 1,
    says: { text: 'first', finishReasons: ['stop', 'length'] },
  },
  {
    name: 'OpenAI, a refusal',
    api: 'chat',
    events: [
      chunk({ delta: { role: 'assistant', content: '', refusal: null } }),
      chunk({ delta: { refusal: 'I will not.' } }),
      ...END,
    ],
    firstContent: 1,
    says: { text: 'I will not.', isRefusal: true, finishReasons: ['stop'] },
  },
  {
    name: 'OpenRouter, with comments and usage beside a choice',
    api: 'chat',
    events: [
      ': OPENROUTER PROCESSING\n\n',
      ': OPENROUTER PROCESSING\n\n',
      chunk({ delta: { role: 'assistant', content: '' }, native_finish_reason: null }),
      chunk({ delta: { role: 'assistant', content: '', reasoning: 'Hm.' } }),
      said('Yes'),
      chunk({ finish_reason: 'stop' }),
      chunk({ delta: { role: 'assistant', content: '' } }, { usage: { ...USAGE, cost: 0.1 } }),
      data('[DONE]'),
    ],
    firstContent: 3,
    says: { text: 'Yes', usage: { inputTokens: 9, outputTokens: 3 } },
  },
  {
    name: 'DeepSeek, which thinks first and keeps the connection alive',
    api: 'chat',
    events: [
      ': keep-alive\n\n',
      'data:\n\n',
      chunk({ delta: { role: 'assistant', content: null, reasoning_content: '' } }),
      chunk({ delta: { content: null, reasoning_content: 'First' } }),
      said('Four'),
      chunk(
        { delta: { content: '' }, finish_reason: 'stop' },
        { usage: { ...USAGE, prompt_cache_hit_tokens: 5, prompt_cache_miss_tokens: 4 } },
      ),
      data('[DONE]'),
    ],
    firstContent: 3,
    says: { text: 'Four', usage: { inputTokens: 9, outputTokens: 3, cachedInputTokens: 5 } },
  },
  {
    name: 'Groq, which tells the usage under a name of its own',
    api: 'chat',
    events: [
      chunk({ delta: { role: 'assistant', content: '' } }, { x_groq: { id: 'req_1' } }),
      said('Fast'),
      chunk({ finish_reason: 'stop' }, { x_groq: { id: 'req_1', usage: { queue_time: 0.01, ...USAGE } } }),
      data('[DONE]'),
    ],
    firstContent: 1,
    says: { text: 'Fast', usage: { inputTokens: 9, outputTokens: 3 } },
  },
  {
    name: 'vLLM and xAI, with running totals',
    api: 'chat',
    events: [
      chunk(
        { delta: { role: 'assistant', content: '' } },
        { usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 } },
      ),
      chunk(
        { delta: { content: 'a' } },
        { usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
      ),
      chunk({ delta: { content: 'b' }, finish_reason: 'stop' }, { usage: USAGE }),
      data('[DONE]'),
    ],
    firstContent: 1,
    says: { text: 'ab', usage: { inputTokens: 9, outputTokens: 3 } },
  },
  {
    name: 'Ollama, whose tool calls come whole and all with the same index',
    api: 'chat',
    events: [
      chunk({
        delta: {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'call_1', index: 0, type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
          ],
        },
      }),
      chunk({
        delta: {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'call_2', index: 0, type: 'function', function: { name: 'add', arguments: '{"a":2}' } },
          ],
        },
      }),
      chunk({ delta: { role: 'assistant', content: '' }, finish_reason: 'tool_calls' }),
      data('[DONE]'),
    ],
    firstContent: 0,
    says: {
      toolCalls: [
        { id: 'call_1', name: 'add', arguments: { a: 1 } },
        { id: 'call_2', name: 'add', arguments: { a: 2 } },
      ],
    },
  },
  {
    name: 'Mistral, whose content may be a list',
    api: 'chat',
    events: [
      chunk({ delta: { role: 'assistant', content: '' } }),
      chunk({ delta: { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] } }),
      chunk({ delta: { content: [{ type: 'text', text: 'Oui' }] } }),
      chunk({ delta: { content: '' }, finish_reason: 'stop' }, { usage: USAGE }),
      data('[DONE]'),
    ],
    firstContent: 1,
    says: { text: 'Oui', usage: { inputTokens: 9, outputTokens: 3 } },
  },
  {
    name: 'Anthropic, with thoughts, a ping and a tool',
    api: 'messages',
    events: [
      named('message_start', {
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          content: [],
          model: 'claude-sonnet-4-5',
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: 10,
            cache_creation_input_tokens: 5,
            cache_read_input_tokens: 100,
            output_tokens: 1,
          },
        },
      }),
      named('ping'),
      named('content_block_start', {
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      }),
      named('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Let me see' } }),
      named('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'EqQBCg' } }),
      named('content_block_stop', { index: 0 }),
      named('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
      named('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'I look ' } }),
      named('ping'),
      named('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'it up.' } }),
      named('content_block_stop', { index: 1 }),
      named('content_block_start', {
        index: 2,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
      }),
      named('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: '' } }),
      named('content_block_delta', {
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{"city": "Zür' },
      }),
      named('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: 'ich"}' } }),
      named('content_block_stop', { index: 2 }),
      named('message_delta', {
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 89 },
      }),
      named('message_stop'),
    ],
    firstContent: 3,
    says: {
      text: 'I look it up.',
      model: 'claude-sonnet-4-5',
      responseId: 'msg_1',
      finishReasons: ['tool_use'],
      toolCalls: [{ id: 'toolu_1', name: 'weather', arguments: { city: 'Zürich' } }],
      usage: { inputTokens: 115, outputTokens: 89, cachedInputTokens: 100, cacheWriteTokens: 5 },
    },
  },
  {
    name: 'OpenAI responses, with thoughts, a text and a call',
    api: 'responses',
    events: [
      named('response.created', {
        response: { id: 'resp_1', model: 'gpt-5', status: 'in_progress', output: [] },
      }),
      named('response.in_progress', { response: { id: 'resp_1', status: 'in_progress', output: [] } }),
      named('response.output_item.added', {
        output_index: 0,
        item: { id: 'rs_1', type: 'reasoning', summary: [] },
      }),
      named('response.output_item.added', {
        output_index: 1,
        item: { id: 'msg_1', type: 'message', status: 'in_progress', content: [], role: 'assistant' },
      }),
      named('response.content_part.added', {
        item_id: 'msg_1',
        output_index: 1,
        content_index: 0,
        part: { type: 'output_text', text: '', annotations: [] },
      }),
      named('response.output_text.delta', {
        item_id: 'msg_1',
        output_index: 1,
        content_index: 0,
        delta: 'One ',
      }),
      named('response.output_text.delta', {
        item_id: 'msg_1',
        output_index: 1,
        content_index: 0,
        delta: 'moment',
      }),
      named('response.output_item.added', {
        output_index: 2,
        item: { id: 'fc_1', type: 'function_call', call_id: 'call_9', name: 'find', arguments: '' },
      }),
      named('response.function_call_arguments.delta', { item_id: 'fc_1', output_index: 2, delta: '{"q"' }),
      named('response.function_call_arguments.delta', { item_id: 'fc_1', output_index: 2, delta: ':"x"}' }),
      named('response.completed', {
        response: {
          id: 'resp_1',
          object: 'response',
          model: 'gpt-5-2025-08-07',
          status: 'completed',
          output: [
            { id: 'rs_1', type: 'reasoning', summary: [] },
            {
              id: 'msg_1',
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: 'One moment', annotations: [] }],
            },
            {
              id: 'fc_1',
              type: 'function_call',
              call_id: 'call_9',
              name: 'find',
              arguments: '{"q":"x"}',
              status: 'completed',
            },
          ],
          usage: {
            input_tokens: 36,
            input_tokens_details: { cached_tokens: 12 },
            output_tokens: 87,
            output_tokens_details: { reasoning_tokens: 64 },
            total_tokens: 123,
          },
        },
      }),
    ],
    firstContent: 5,
    says: {
      text: 'One moment',
      model: 'gpt-5-2025-08-07',
      responseId: 'resp_1',
      finishReasons: ['completed'],
      toolCalls: [{ id: 'call_9', name: 'find', arguments: { q: 'x' } }],
      usage: { inputTokens: 36, outputTokens: 87, cachedInputTokens: 12, reasoningTokens: 64 },
    },
  },
];
