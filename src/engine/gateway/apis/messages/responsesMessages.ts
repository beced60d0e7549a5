import { defined } from '../../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { Message } from '../../../model/message.ts';
import { parseArguments } from '../../../models/wire/replyDraft.ts';
import { roleOf } from './chatMessages.ts';
import { objectsOf, readParts, readTexts, stringOf } from './contentParts.ts';

/** What a request for a response says, as messages. Items that are no messages, calls or results are left out. */
export function responsesMessages(
  instructions: JsonValue | undefined,
  input: JsonValue | undefined,
): Message[] {
  const told = readTexts(instructions);
  const first: Message[] = told === '' ? [] : [{ role: 'system', content: told }];
  if (typeof input === 'string') return [...first, { role: 'user', content: input }];
  return [...first, ...objectsOf(input).flatMap((item) => messageOf(item) ?? [])];
}

function messageOf(item: JsonObject): Message | undefined {
  switch (item['type'] ?? 'message') {
    case 'message':
      return { role: roleOf(item['role']), content: readParts(item['content']) };
    case 'function_call':
    case 'custom_tool_call': {
      const name = stringOf(item['name']) ?? '';
      const given = stringOf(item['arguments']) ?? stringOf(item['input']) ?? '';
      const call = {
        ...defined({ id: stringOf(item['call_id']) }),
        name,
        arguments: parseArguments(given),
      };
      return { role: 'assistant', content: '', toolCalls: [call] };
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return {
        role: 'tool',
        content: readParts(item['output']),
        ...defined({ toolCallId: stringOf(item['call_id']) }),
      };
    default:
      return undefined;
  }
}
