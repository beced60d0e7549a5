import type { SpanMessage } from '../../model/agentSpan.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { readMessages } from './messages.ts';
import type { SpanFields } from './spanFields.ts';

/** More than this is no conversation, but an attack on the memory. */
const MOST = 10_000;

/**
 * Messages of which each field is an attribute of its own, as `gen_ai.prompt.0.role` (Traceloop) and
 * `llm.input_messages.0.message.role` (OpenInference). Null where there are none.
 */
export function indexedMessages(fields: SpanFields, prefix: string): SpanMessage[] | null {
  const tree: JsonObject = Object.create(null);
  for (const name of fields.under(prefix)) {
    const value = fields.raw(name);
    if (value !== undefined) plant(tree, name.slice(prefix.length).split('.'), value);
  }

  const messages = listOf(tree).flatMap((item) => readIndexed(unwrapped(item, 'message')));
  return messages.length === 0 ? null : messages;
}

function readIndexed(item: JsonValue): SpanMessage[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
  const contents = listOf(item['contents']).map((part) => contentPart(unwrapped(part, 'message_content')));
  const calls = listOf(item['tool_calls']).map((call) => unwrapped(call, 'tool_call'));
  const message = {
    role: 'assistant',
    content: contents.length > 0 ? contents : '',
    ...without(item, ['contents', 'tool_calls']),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return readMessages([message]) ?? [];
}

/** `{ type, text | image: { image: { url } } }`. */
function contentPart(part: JsonValue): JsonValue {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  const image = unwrapped(part['image'] ?? null, 'image');
  return part['type'] === 'image' ? { type: 'image', ...(typeof image === 'object' ? image : {}) } : part;
}

function plant(tree: JsonObject, path: readonly string[], value: JsonValue): void {
  let at = tree;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) at = next;
    else at = at[key] = Object.create(null) as JsonObject;
  }
  at[path.at(-1) ?? ''] = value;
}

/** The values of `{ 0: …, 1: … }` in the order of their numbers. */
function listOf(value: JsonValue | undefined): JsonValue[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const keys = Object.keys(value).filter((key) => /^\d{1,5}$/.test(key));
  return keys
    .sort((a, b) => Number(a) - Number(b))
    .slice(0, MOST)
    .map((key) => value[key] ?? null);
}

function unwrapped(value: JsonValue, key: string): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return value[key] ?? value;
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
