import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type {
  ContentPart,
  Message,
  ModelParameters,
  ResponseFormat,
  ToolDefinition,
} from '../../model/message.ts';
import type { ModelRequest } from '../modelClient.ts';

/**
 * OpenAI replaced `max_tokens` by `max_completion_tokens` and refuses the old name for its reasoning models;
 * most compatible servers know only the old one.
 */
export type MaxTokensField = 'max_tokens' | 'max_completion_tokens';

/** The body of POST /chat/completions. Unknown settings (`extra`) come first, so they replace nothing of ours. */
export function toChatBody(
  model: string,
  request: ModelRequest,
  maxTokensField: MaxTokensField,
): ChatCompletionCreateParamsNonStreaming {
  return {
    ...request.parameters.extra,
    ...sampling(request.parameters, maxTokensField),
    ...(request.tools?.length ? { tools: request.tools.map(toTool) } : {}),
    ...responseFormat(request.responseFormat),
    model,
    messages: request.messages.map(toMessage),
    stream: false,
  };
}

function sampling(parameters: ModelParameters, maxTokensField: MaxTokensField) {
  const fields = {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    [maxTokensField]: parameters.maxTokens,
    seed: parameters.seed,
    stop: parameters.stop,
    frequency_penalty: parameters.frequencyPenalty,
    presence_penalty: parameters.presencePenalty,
    reasoning_effort: parameters.reasoningEffort,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function toTool(tool: ToolDefinition) {
  return {
    type: 'function' as const,
    function: {
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      ...(tool.parameters === undefined ? {} : { parameters: tool.parameters }),
      ...(tool.strict === undefined ? {} : { strict: tool.strict }),
    },
  };
}

function responseFormat(format: ResponseFormat | undefined) {
  if (format === undefined || format.type === 'text') return {};
  if (format.type === 'json_object') return { response_format: { type: format.type } };
  const { name, schema, strict } = format;
  const json_schema = { name, schema, ...(strict === undefined ? {} : { strict }) };
  return { response_format: { type: format.type, json_schema } };
}

function toMessage(message: Message): ChatCompletionMessageParam {
  const name = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case 'user':
      return { role: 'user', content: userContent(message.content), ...name };
    case 'tool':
      return { role: 'tool', content: textOf(message.content), tool_call_id: message.toolCallId ?? '' };
    case 'assistant':
      return { role: 'assistant', content: textOf(message.content), ...name, ...toolCalls(message) };
    case 'system':
    case 'developer':
      return { role: message.role, content: textOf(message.content), ...name };
  }
}

function toolCalls(message: Message) {
  if (!message.toolCalls?.length) return {};
  return {
    tool_calls: message.toolCalls.map((call, index) => ({
      id: call.id ?? `call_${index}`,
      type: 'function' as const,
      function: {
        name: call.name,
        arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
      },
    })),
  };
}

function userContent(content: string | ContentPart[]): string | ChatCompletionContentPart[] {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    part.type === 'text' ? part : { type: 'image_url', image_url: { url: part.url } },
  );
}

/** Only user messages may hold images. */
function textOf(content: string | ContentPart[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
