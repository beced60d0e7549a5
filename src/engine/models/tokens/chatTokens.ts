import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Message, ToolCall, ToolDefinition } from '../../model/message.ts';
import type { ModelRequest } from '../modelClient.ts';
import type { Encoding as FullEncoding } from './encoding.ts';

type Encoding = Pick<FullEncoding, 'name' | 'count'>;

/** What a chat request costs, in tokens of an encoding, by its parts. */
export interface ChatParts {
  /** One for each message, with its role and the marks round it. */
  messages: number[];
  tools: number;
  responseFormat: number;
  /** The beginning of the reply, which counts as input. */
  priming: number;
  /** How far the sum may be off, because the provider's form of a part is not public. */
  margin: number;
  /** Images are billed by their size, which is not known here: they are not in any count. */
  images: number;
}

/**
 * Counts as OpenAI's cookbook does, which it shows to equal `usage.prompt_tokens`: "How to count tokens with
 * tiktoken", sections 6 and 7 (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken, read
 * 2026-11). It covers messages with text, and tools whose parameters are flat; for the rest (nested
 * parameters, earlier tool calls, a response schema) the margin says how far the sum may be off.
 */
export function chatParts(
  encoding: Encoding,
  request: Pick<ModelRequest, 'messages' | 'tools' | 'responseFormat'>,
): ChatParts {
  const uncertain = { margin: 0 };
  const messages = request.messages.map((message) => messageTokens(encoding, message, uncertain));
  const tools = toolTokens(encoding, request.tools ?? [], uncertain);
  const responseFormat = formatTokens(encoding, request.responseFormat, uncertain);
  const images = request.messages.reduce((sum, { content }) => sum + imageCount(content), 0);
  return { messages, tools, responseFormat, priming: PRIMING, margin: uncertain.margin, images };
}

/** `<|start|>{role}<|message|>{content}<|end|>`: three marks and the role, which is one token. */
const PER_MESSAGE = 3;
const PER_NAME = 1;
/** `<|start|>assistant<|message|>` */
const PRIMING = 3;

interface Uncertain {
  margin: number;
}

function messageTokens(encoding: Encoding, message: Message, uncertain: Uncertain): number {
  let tokens = PER_MESSAGE + encoding.count(message.role) + encoding.count(textOf(message.content));
  if (message.name !== undefined) tokens += PER_NAME + encoding.count(message.name);
  for (const call of message.toolCalls ?? []) tokens += callTokens(encoding, call, uncertain);
  // How an answer is tied to its call is not public either.
  if (message.toolCallId !== undefined) uncertain.margin += PER_MESSAGE;
  return tokens;
}

/** How earlier calls are shown to the model is not public. */
function callTokens(encoding: Encoding, call: ToolCall, uncertain: Uncertain): number {
  const given = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
  uncertain.margin += 5;
  return PER_MESSAGE + encoding.count(call.name) + encoding.count(given);
}

/** The cookbook's constants for tools; a function's beginning depends on the family of the model. */
const FUNCTION_START = { o200k_base: 7, cl100k_base: 10 };
const PROPERTIES_START = 3;
const PER_PROPERTY = 3;
const ENUM_START = -3;
const PER_ENUM_ITEM = 3;
const TOOLS_END = 12;

function toolTokens(encoding: Encoding, tools: readonly ToolDefinition[], uncertain: Uncertain): number {
  if (tools.length === 0) return 0;
  let tokens = TOOLS_END;
  for (const { name, description = '', parameters } of tools) {
    tokens += FUNCTION_START[encoding.name] + encoding.count(`${name}:${withoutStop(description)}`);
    tokens += propertyTokens(encoding, propertiesOf(parameters), uncertain);
  }
  return tokens;
}

function propertyTokens(encoding: Encoding, properties: JsonObject, uncertain: Uncertain): number {
  const entries = Object.entries(properties);
  if (entries.length === 0) return 0;
  let tokens = PROPERTIES_START;
  for (const [key, value] of entries) {
    const property = isJsonObject(value) ? value : {};
    const { type, description, enum: items } = property;
    const line = `${key}:${textValue(type)}:${withoutStop(textValue(description))}`;
    tokens += PER_PROPERTY + encoding.count(line);
    if (Array.isArray(items)) {
      tokens += ENUM_START;
      for (const item of items) tokens += PER_ENUM_ITEM + encoding.count(textValue(item));
    }
    tokens += nestedTokens(encoding, property, uncertain);
  }
  return tokens;
}

/** The cookbook says nothing of what is inside a property: it is counted the same way, with a margin. */
function nestedTokens(encoding: Encoding, property: JsonObject, uncertain: Uncertain): number {
  const items = isJsonObject(property['items']) ? property['items'] : {};
  const inner = { ...propertiesOf(items), ...propertiesOf(property) };
  if (Object.keys(inner).length === 0) return 0;
  const tokens = propertyTokens(encoding, inner, uncertain);
  uncertain.margin += Math.ceil(tokens / 2);
  return tokens;
}

function formatTokens(
  encoding: Encoding,
  format: ModelRequest['responseFormat'],
  uncertain: Uncertain,
): number {
  if (format?.type !== 'json_schema') return 0;
  const tokens = encoding.count(format.name) + encoding.count(JSON.stringify(format.schema));
  uncertain.margin += Math.ceil(tokens / 2) + 20;
  return tokens;
}

function propertiesOf(schema: JsonObject | undefined): JsonObject {
  const properties = schema?.['properties'];
  return isJsonObject(properties) ? properties : {};
}

function textValue(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function withoutStop(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function imageCount(content: Message['content']): number {
  return typeof content === 'string' ? 0 : content.filter(({ type }) => type === 'image').length;
}
