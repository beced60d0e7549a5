import type { CaseMessage, ExpectedOutput } from '../../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { asSendablePart } from './mediaPart.ts';

/** What other tools call the speakers of a conversation. */
const ROLES: { [name: string]: string } = {
  human: 'user',
  user: 'user',
  ai: 'assistant',
  bot: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  model: 'assistant',
  assistant: 'assistant',
  function_call: 'assistant',
  system: 'system',
  developer: 'developer',
  tool: 'tool',
  function: 'tool',
  observation: 'tool',
};

/** LangChain's classes, `HumanMessage` or `AIMessageChunk`, without their ending. */
const CLASS_ENDING = /Message(?:Chunk)?$/;

/** Names under which tools keep the arguments of a call. */
const ARGUMENT_KEYS = ['arguments', 'args', 'input_parameters', 'inputParameters', 'input'];

/** A conversation in any of the forms that `asMessage` reads, or a list with one conversation in it. */
export function asMessages(value: JsonValue | undefined): CaseMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages = value.map(asMessage);
  if (messages.every((message) => message !== undefined)) return messages;
  const [only, ...others] = value;
  // A batch of one conversation, as LangChain traces its calls.
  return others.length === 0 && Array.isArray(only) ? asMessages(only) : undefined;
}

/**
 * A message of another tool in OpenAI's form. Reads `{ role, content }`, LangChain's `{ type, content }`, `{ type,
 * data: { content } }`, `{ lc, id, kwargs }` and `[role, text]`, ShareGPT's `{ from, value }`, and Gemini's `{ role,
 * parts }`. Undefined for anything else. Other fields are kept.
 */
export function asMessage(value: JsonValue | undefined): CaseMessage | undefined {
  if (Array.isArray(value)) return pairMessage(value);
  if (!isJsonObject(value)) return undefined;
  const { role, type, from, data, kwargs, id } = value;

  if (typeof role === 'string' && role !== '') return ownForm(value, role);
  if (typeof from === 'string' && 'value' in value) return shareGptForm(value, from);
  if (isJsonObject(kwargs) && Array.isArray(id)) {
    return typedForm(kwargs, typeof id.at(-1) === 'string' ? String(id.at(-1)) : '');
  }
  if (typeof type !== 'string') return undefined;
  return isJsonObject(data) ? typedForm(data, type) : typedForm(value, type);
}

/** The text of a message, without other parts. */
export function messageText({ content }: CaseMessage): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content === null ? '' : JSON.stringify(content);
  return content
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** Expected calls as `{ name, arguments }`; undefined when an entry has no name. */
export function toolCallsPart(value: JsonValue | undefined): ExpectedOutput['tool_calls'] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls = value.flatMap((item) => {
    const call = namedCall(item);
    return call ? [call] : [];
  });
  return calls.length === value.length ? calls : undefined;
}

/**
 * Expected calls as `{ tool_calls }`; the original list is also kept under `field` if it is malformed or has more than
 * names and arguments, such as the result of a tool.
 */
export function expectedCalls(
  value: JsonValue | undefined,
  field: string,
): { expected: Pick<ExpectedOutput, 'tool_calls'>; kept: JsonObject } {
  const tool_calls = toolCallsPart(value);
  const isWhole = Array.isArray(value) && tool_calls !== undefined && !value.some(saysMore);
  return {
    expected: tool_calls ? { tool_calls } : {},
    kept: value === undefined || isWhole ? {} : { [field]: value },
  };
}

const CALL_KEYS: ReadonlySet<string> = new Set(['name', 'id', 'type', 'index', 'function', ...ARGUMENT_KEYS]);

function saysMore(item: JsonValue): boolean {
  return (
    isJsonObject(item) && Object.entries(item).some(([key, part]) => part !== null && !CALL_KEYS.has(key))
  );
}

function namedCall(item: JsonValue): { name: string; arguments?: JsonValue } | undefined {
  if (typeof item === 'string') return item === '' ? undefined : { name: item };
  if (!isJsonObject(item)) return undefined;
  const call = isJsonObject(item['function']) ? item['function'] : item;
  const { name } = call;
  if (typeof name !== 'string' || name === '') return undefined;
  const key = ARGUMENT_KEYS.find((candidate) => call[candidate] !== undefined && call[candidate] !== null);
  const given = key === undefined ? undefined : call[key];
  return { name, ...(given === undefined ? {} : { arguments: asArguments(given) }) };
}

/** OpenAI writes the arguments of a call as JSON in a text. */
function asArguments(given: JsonValue): JsonValue {
  if (typeof given !== 'string' || !/^\s*[[{]/.test(given)) return given;
  try {
    const value: JsonValue = JSON.parse(given);
    return JSON.stringify(value) === given.replace(/\s+/g, '') || isJsonObject(value) ? value : given;
  } catch {
    return given;
  }
}

function pairMessage(value: readonly JsonValue[]): CaseMessage | undefined {
  const [speaker, content, ...more] = value;
  if (typeof speaker !== 'string' || typeof content !== 'string' || more.length > 0) return undefined;
  const role = roleOf(speaker);
  return role === undefined ? undefined : { role, content };
}

function ownForm(value: JsonObject, speaker: string): CaseMessage | undefined {
  const { role: _role, type, content, parts, ...rest } = value;
  const more = type === undefined || isTypeName(type) ? rest : { type, ...rest };
  const role = Object.hasOwn(ROLES, speaker) ? (ROLES[speaker] ?? speaker) : speaker;
  if (content === undefined && Array.isArray(parts)) return { role, content: partsContent(parts), ...more };
  // A call has no content in OpenAI's form when its text is left out.
  if (content === undefined && !Array.isArray(more['tool_calls'])) return undefined;
  return { role, content: readContent(content ?? null), ...more };
}

function shareGptForm({ from, value, ...more }: JsonObject, speaker: string): CaseMessage {
  return { role: roleOf(speaker) ?? String(from), content: readContent(value ?? ''), ...more };
}

/** Only known types are messages: `type` and `content` alone may be anything. */
function typedForm(data: JsonObject, name: string): CaseMessage | undefined {
  const { content, type, role, tool_calls: calls, additional_kwargs: more, ...rest } = data;
  // `ChatMessage` in `kwargs` or `data` has its role next to the content.
  const found = roleOf(typeof role === 'string' ? role : name);
  if (found === undefined || content === undefined) return undefined;

  const extra = isJsonObject(more) ? more : {};
  const made = Array.isArray(calls) && calls.length > 0 ? calls : extra['tool_calls'];

  return {
    role: found,
    content: readContent(content),
    ...(Array.isArray(made) ? { tool_calls: made.map(openCall) } : {}),
    ...filled({ ...rest, additional_kwargs: without(extra, 'tool_calls') }),
  };
}

/** A LangChain call, `{ name, args, id }`, in OpenAI's form. */
function openCall(call: JsonValue): JsonValue {
  if (!isJsonObject(call) || isJsonObject(call['function']) || call['args'] === undefined) return call;
  const { args, type: _type, ...rest } = call;
  return { ...rest, arguments: args };
}

/** `ChatMessage`, which has a separate role, and the types that imply one. */
function isTypeName(type: JsonValue | undefined): boolean {
  return typeof type === 'string' && (/^chat(?:message)?$/i.test(type) || roleOf(type) !== undefined);
}

function roleOf(name: string): string | undefined {
  const short = name.replace(CLASS_ENDING, '').toLowerCase();
  return Object.hasOwn(ROLES, short) ? ROLES[short] : undefined;
}

function readContent(content: JsonValue): JsonValue {
  return Array.isArray(content) ? content.map(asSendablePart) : content;
}

function partsContent(parts: readonly JsonValue[]): JsonValue {
  const texts = parts.map((part) => (isJsonObject(part) ? part['text'] : part));
  return texts.every((text) => typeof text === 'string') ? texts.join('') : [...parts];
}

function without(map: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = map;
  return rest;
}

/** The non-empty fields: LangChain writes all of them, most of them empty. */
function filled(map: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(map).filter(
      ([, value]) =>
        value !== null && value !== false && !(typeof value === 'object' && Object.keys(value).length === 0),
    ),
  );
}
