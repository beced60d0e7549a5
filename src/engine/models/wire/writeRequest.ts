import type { JsonObject, JsonValue } from '../../model/json.ts';
import type {
  ContentPart,
  Message,
  ModelParameters,
  ResponseFormat,
  ToolDefinition,
} from '../../model/message.ts';
import type { ModelRequest } from '../modelClient.ts';
import { PARAMETERS } from './parameterNames.ts';

/**
 * OpenAI replaced `max_tokens` by `max_completion_tokens` and refuses the old name for its reasoning models;
 * most compatible servers know only the old one.
 */
export type MaxTokensField = 'max_tokens' | 'max_completion_tokens';

interface WriteOptions {
  model: string;
  maxTokensField: MaxTokensField;
  /** A stream says its usage as well. */
  stream: boolean;
}

/**
 * The body of POST /chat/completions; the way back is `readChatRequest`. Unknown settings (`extra`) come first, so they
 * replace nothing of ours.
 */
export function writeChatRequest(request: ModelRequest, options: WriteOptions): JsonObject {
  const body: JsonObject = { ...request.parameters.extra };
  Object.assign(body, writeParameters(request.parameters, options.maxTokensField));
  if (request.tools?.length) body['tools'] = request.tools.map(writeTool);
  const format = writeFormat(request.responseFormat);
  if (format) body['response_format'] = format;

  body['model'] = options.model;
  body['messages'] = request.messages.map(writeMessage);
  body['stream'] = options.stream;
  if (options.stream) body['stream_options'] = { include_usage: true };
  return body;
}

/** Settings by the names of OpenAI's API, without those that are not set. */
export function writeParameters(parameters: ModelParameters, maxTokensField: MaxTokensField): JsonObject {
  const written: JsonObject = {};
  for (const [ours, theirs] of PARAMETERS) {
    const value = parameters[ours];
    if (value !== undefined) written[ours === 'maxTokens' ? maxTokensField : theirs] = value;
  }
  return written;
}

export function writeTool({ name, description, parameters, strict }: ToolDefinition): JsonObject {
  return { type: 'function', function: defined({ name, description, parameters, strict }) };
}

export function writeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: format.type };
  const { name, schema, strict } = format;
  return { type: format.type, json_schema: defined({ name, schema, strict }) };
}

export function writeMessage({ role, content, name, toolCalls, toolCallId = '' }: Message): JsonObject {
  switch (role) {
    case 'user':
      return defined({ role, content: userContent(content), name });
    case 'tool':
      return { role, content: textOf(content), tool_call_id: toolCallId };
    case 'assistant': {
      const tool_calls = toolCalls?.length ? toolCalls.map(writeCall) : undefined;
      return defined({ role, content: textOf(content), name, tool_calls });
    }
    case 'system':
    case 'developer':
      return defined({ role, content: textOf(content), name });
  }
}

function writeCall({ id, name, arguments: given }: NonNullable<Message['toolCalls']>[number], index: number) {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  return { id: id ?? `call_${index}`, type: 'function', function: { name, arguments: text } };
}

function userContent(content: string | ContentPart[]): JsonValue {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: part.url } },
  );
}

/** Only user messages may hold images. */
function textOf(content: string | ContentPart[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function defined(fields: { [name: string]: JsonValue | undefined }): JsonObject {
  const entries = Object.entries(fields).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
