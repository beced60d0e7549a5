import { defined } from '../../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { Message, ToolCall } from '../../../model/message.ts';
import { roleOf } from './chatMessages.ts';
import { objectsOf, readParts, readTexts, stringOf } from './contentParts.ts';

/** The messages of a request of Anthropic's form: results of tools become messages of their own, as elsewhere. */
export function anthropicMessages(system: JsonValue | undefined, messages: JsonValue | undefined): Message[] {
  const told = readTexts(system);
  const first: Message[] = told === '' ? [] : [{ role: 'system', content: told }];
  return [...first, ...objectsOf(messages).flatMap(messagesOf)];
}

function messagesOf({ role, content }: JsonObject): Message[] {
  const blocks = objectsOf(content);
  const results = blocks.filter(({ type }) => type === 'tool_result').map(resultOf);
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(callOf);

  // What the model thought is no part of the conversation.
  const said = readParts(Array.isArray(content) ? blocks.filter(({ type }) => !SILENT.has(type)) : content);
  if (said === '' && calls.length === 0 && results.length > 0) return results;
  const toolCalls = calls.length > 0 ? calls : undefined;
  return [...results, { role: roleOf(role), content: said, ...defined({ toolCalls }) }];
}

const SILENT: ReadonlySet<unknown> = new Set(['tool_result', 'tool_use', 'thinking', 'redacted_thinking']);

function resultOf(block: JsonObject): Message {
  return {
    role: 'tool',
    content: readParts(block['content']),
    ...defined({ toolCallId: stringOf(block['tool_use_id']) }),
  };
}

function callOf(block: JsonObject): ToolCall {
  return {
    ...defined({ id: stringOf(block['id']) }),
    name: stringOf(block['name']) ?? '',
    arguments: block['input'] ?? {},
  };
}
