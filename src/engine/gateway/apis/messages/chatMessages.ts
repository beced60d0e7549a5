import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { Message, Role, ToolCall } from '../../../model/message.ts';
import { parseArguments } from '../../../models/wire/replyDraft.ts';
import { objectsOf, readParts, stringOf } from './contentParts.ts';

/** The messages of a chat completion's request. What is not of their form is left out. */
export function chatMessages(messages: JsonValue | undefined): Message[] {
  return objectsOf(messages).map((message) => {
    const calls = callsOf(message);
    return {
      role: roleOf(message['role']),
      content: readParts(message['content']),
      ...defined({
        name: stringOf(message['name']),
        toolCallId: stringOf(message['tool_call_id']),
        toolCalls: calls.length > 0 ? calls : undefined,
      }),
    };
  });
}

const ROLES: ReadonlyMap<unknown, Role> = new Map<string, Role>([
  ['system', 'system'],
  ['developer', 'developer'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
  // The form before there were tools.
  ['function', 'tool'],
]);

export function roleOf(role: JsonValue | undefined): Role {
  return ROLES.get(role) ?? 'user';
}

function callsOf(message: JsonObject): ToolCall[] {
  const calls = objectsOf(message['tool_calls']).flatMap((call) => {
    const given = call['function'] ?? call['custom'];
    return isJsonObject(given) ? [callOf(given, stringOf(call['id']))] : [];
  });
  const called = message['function_call'];
  return isJsonObject(called) ? [...calls, callOf(called, undefined)] : calls;
}

function callOf(given: JsonObject, id: string | undefined): ToolCall {
  return {
    ...defined({ id }),
    name: stringOf(given['name']) ?? '',
    arguments: parseArguments(stringOf(given['arguments']) ?? stringOf(given['input']) ?? ''),
  };
}
