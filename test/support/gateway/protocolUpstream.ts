import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamReply,
  type UpstreamRequest,
} from './scriptedUpstream.ts';

/** What the providers say here: the same words whichever API they are asked by. */
export const ANSWER = 'Grüße aus Zürich, 東京 und 🎉.';
export const PIECES = ['Grü', 'ße aus Zürich, ', '東京 und ', '🎉', '.'];
export const TOOL_CALL = { name: 'weather', arguments: { city: 'Zürich' } };

/**
 * A server that speaks the APIs of OpenAI and Anthropic as they do: chat completions, responses, embeddings, models and
 * messages, streaming and not. It asks for the first tool that it is offered, until it is given a result.
 */
export function startProtocolUpstream(pieceBytes?: number): Promise<ScriptedUpstream> {
  return startScriptedUpstream((request) => {
    const reply = replyTo(request);
    if (typeof reply.body !== 'string' || pieceBytes === undefined) return reply;
    return { ...reply, body: [{ write: reply.body, pieceBytes }] };
  });
}

type Body = { readonly [key: string]: unknown };
type WrittenReply = Extract<UpstreamReply, object>;

function replyTo({ method, target, json = {} }: UpstreamRequest): WrittenReply {
  const [path] = target.split('?');
  const streams = json['stream'] === true;
  switch (`${method} ${path}`) {
    case 'GET /v1/models':
      return whole({
        object: 'list',
        data: [{ id: 'gpt-4o', object: 'model', created: 1, owned_by: 'test' }],
      });
    case 'GET /v1/models/gpt-4o':
      return whole({ id: 'gpt-4o', object: 'model', created: 1, owned_by: 'test' });
    case 'POST /v1/embeddings':
      return embeddings(json);
    case 'POST /v1/chat/completions':
      return streams ? stream(chatEvents(json)) : whole(completion(json));
    case 'POST /v1/responses':
      return streams ? stream(responseEvents(json)) : whole(response(json));
    case 'POST /v1/messages':
      return streams ? stream(messageEvents(json)) : whole(message(json));
    default:
      return {
        ...whole({
          error: { message: `no ${path}`, type: 'invalid_request_error', param: null, code: null },
        }),
        status: 404,
      };
  }
}

const HEADERS = {
  'x-request-id': 'req_1',
  'OpenAI-Processing-Ms': '12',
  'set-cookie': ['a=1; Path=/', 'b=2'],
};

function whole(body: object): WrittenReply {
  return { headers: { 'content-type': 'application/json', ...HEADERS }, body: JSON.stringify(body) };
}

function stream(events: readonly string[]): WrittenReply {
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...HEADERS,
  };
  return { headers, body: events.join('') };
}

/** A tool is offered, and none of its results is there. */
function asksForTool({ tools, messages, input }: Body): boolean {
  const said = JSON.stringify([messages, input]);
  return Array.isArray(tools) && !/"role":"tool"|"tool_result"|function_call_output/.test(said);
}

const USAGE = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 };
const ARGUMENTS = JSON.stringify(TOOL_CALL.arguments);
const CHAT_CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: TOOL_CALL.name, arguments: ARGUMENTS },
};

function completion(asked: Body) {
  const calls = asksForTool(asked);
  const message = calls
    ? { role: 'assistant', content: null, refusal: null, tool_calls: [CHAT_CALL] }
    : { role: 'assistant', content: ANSWER, refusal: null };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_748_977_994,
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message, logprobs: null, finish_reason: calls ? 'tool_calls' : 'stop' }],
    usage: USAGE,
    system_fingerprint: 'fp_1',
  };
}

function chatEvents(asked: Body): string[] {
  const calls = asksForTool(asked);
  const options = asked['stream_options'];
  const asksUsage =
    typeof options === 'object' &&
    options !== null &&
    'include_usage' in options &&
    options.include_usage === true;
  const chunk = (choices: object[], more: object = {}) => {
    const { id, created, model } = completion(asked);
    const value = {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      system_fingerprint: 'fp_1',
      choices,
    };
    return `data: ${JSON.stringify({ ...value, ...(asksUsage ? { usage: null } : {}), ...more })}\n\n`;
  };
  const delta = (said: object, reason: string | null = null) =>
    chunk([{ index: 0, delta: said, logprobs: null, finish_reason: reason }]);
  const { function: called, ...call } = CHAT_CALL;
  const pieces = calls
    ? [
        delta({ tool_calls: [{ index: 0, ...call, function: { name: called.name, arguments: '' } }] }),
        ...[ARGUMENTS.slice(0, 6), ARGUMENTS.slice(6)].map((text) =>
          delta({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
        ),
      ]
    : PIECES.map((content) => delta({ content }));
  return [
    delta({ role: 'assistant', content: calls ? null : '', refusal: null }),
    ...pieces,
    delta({}, calls ? 'tool_calls' : 'stop'),
    ...(asksUsage ? [chunk([], { usage: USAGE })] : []),
    'data: [DONE]\n\n',
  ];
}

function response(asked: Body) {
  const item = asksForTool(asked)
    ? {
        id: 'fc_1',
        type: 'function_call',
        status: 'completed',
        call_id: 'call_1',
        name: TOOL_CALL.name,
        arguments: ARGUMENTS,
      }
    : {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: ANSWER, annotations: [] }],
      };
  return {
    ...{ id: 'resp_1', object: 'response', created_at: 1_748_977_994, status: 'completed', error: null },
    ...{ incomplete_details: null, instructions: null, model: 'gpt-4o-2024-08-06', output: [item] },
    ...{
      parallel_tool_calls: true,
      temperature: 1,
      tool_choice: 'auto',
      tools: asked['tools'] ?? [],
      metadata: {},
    },
    usage: {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 12,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 21,
    },
  };
}

function responseEvents(asked: Body): string[] {
  const done = response(asked);
  const [item] = done.output;
  const begun = { ...done, status: 'in_progress', output: [], usage: null };
  let number = 0;
  const event = (type: string, more: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...more })}\n\n`;
  const at = { item_id: item?.id, output_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [] };
  const middle = asksForTool(asked)
    ? [
        event('response.output_item.added', {
          output_index: 0,
          item: { ...item, status: 'in_progress', arguments: '' },
        }),
        ...[ARGUMENTS.slice(0, 6), ARGUMENTS.slice(6)].map((delta) =>
          event('response.function_call_arguments.delta', { ...at, delta }),
        ),
        event('response.function_call_arguments.done', { ...at, name: TOOL_CALL.name, arguments: ARGUMENTS }),
      ]
    : [
        event('response.output_item.added', {
          output_index: 0,
          item: { ...item, status: 'in_progress', content: [] },
        }),
        event('response.content_part.added', { ...at, content_index: 0, part }),
        ...PIECES.map((delta) =>
          event('response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] }),
        ),
        event('response.output_text.done', { ...at, content_index: 0, text: ANSWER, logprobs: [] }),
        event('response.content_part.done', { ...at, content_index: 0, part: { ...part, text: ANSWER } }),
      ];
  return [
    event('response.created', { response: begun }),
    event('response.in_progress', { response: begun }),
    ...middle,
    event('response.output_item.done', { output_index: 0, item }),
    event('response.completed', { response: done }),
  ];
}

const CLAUDE_USAGE = { input_tokens: 9, cache_creation_input_tokens: 0, cache_read_input_tokens: 4 };

function message(asked: Body) {
  const calls = asksForTool(asked);
  return {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5' },
    content: [
      calls
        ? { type: 'tool_use', id: 'toolu_1', name: TOOL_CALL.name, input: TOOL_CALL.arguments }
        : { type: 'text', text: ANSWER },
    ],
    stop_reason: calls ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { ...CLAUDE_USAGE, output_tokens: 12 },
  };
}

function messageEvents(asked: Body): string[] {
  const calls = asksForTool(asked);
  const event = (type: string, more: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const { stop_reason, stop_sequence, ...done } = message(asked);
  const begun = {
    ...done,
    content: [],
    stop_reason: null,
    stop_sequence,
    usage: { ...CLAUDE_USAGE, output_tokens: 1 },
  };
  const block = calls
    ? { type: 'tool_use', id: 'toolu_1', name: TOOL_CALL.name, input: {} }
    : { type: 'text', text: '' };
  const deltas = calls
    ? ['', ARGUMENTS.slice(0, 6), ARGUMENTS.slice(6)].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }))
    : PIECES.map((text) => ({ type: 'text_delta', text }));
  return [
    event('message_start', { message: begun }),
    event('content_block_start', { index: 0, content_block: block }),
    event('ping'),
    ...deltas.map((delta) => event('content_block_delta', { index: 0, delta })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason, stop_sequence }, usage: { output_tokens: 12 } }),
    event('message_stop'),
  ];
}

/** In base64 where that is asked for, as clients do by themselves. */
function embeddings({ input, model, encoding_format }: Body): WrittenReply {
  const inputs = Array.isArray(input) ? input : [input];
  const vector = [0.5, -0.25, 1];
  const packed = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  const data = inputs.map((_, index) => ({
    object: 'embedding',
    index,
    embedding: encoding_format === 'base64' ? packed : vector,
  }));
  return whole({ object: 'list', data, model, usage: { prompt_tokens: 5, total_tokens: 5 } });
}
