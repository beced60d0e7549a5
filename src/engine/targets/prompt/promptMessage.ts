import { PromptError } from '../../errors.ts';
import type { CaseMessage } from '../../model/case.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { ContentPart, Message, Role, ToolCall } from '../../model/message.ts';

const ROLES: ReadonlySet<string> = new Set<Role>(['system', 'developer', 'user', 'assistant', 'tool']);

/**
 * A message of a case, in OpenAI's form (parts, `tool_calls`, `tool_call_id`), as a message to a model.
 * Throws PromptError for a role that no model knows.
 */
export function caseMessage(message: CaseMessage, caseId: string): Message {
  if (!ROLES.has(message.role)) {
    throw new PromptError(`the case "${caseId}" has a message with the role "${message.role}"`, {
      remedy: `Use one of: ${[...ROLES].join(', ')}.`,
    });
  }
  const { name, tool_calls: calls, tool_call_id: callId } = message;
  return {
    role: message.role as Role,
    content: contentOf(message.content),
    ...(typeof name === 'string' ? { name } : {}),
    ...(Array.isArray(calls) ? { toolCalls: calls.filter(isJsonObject).map(toolCall) } : {}),
    ...(typeof callId === 'string' ? { toolCallId: callId } : {}),
  };
}

/** The text of a message's content; parts that are not text are left out. */
export function contentText(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function contentOf(content: JsonValue): Message['content'] {
  if (typeof content === 'string') return content;
  if (content === null) return '';
  if (!Array.isArray(content)) return JSON.stringify(content);
  const parts = content.map(partOf).filter((part) => part !== undefined);
  return parts.length === content.length ? parts : JSON.stringify(content);
}

function partOf(part: JsonValue): ContentPart | undefined {
  if (!isJsonObject(part)) return undefined;
  const { type, text, image_url: image, url } = part;
  if (type === 'text' && typeof text === 'string') return { type, text };
  if (type === 'image' && typeof url === 'string') return { type, url };
  if (type !== 'image_url' || !isJsonObject(image) || typeof image['url'] !== 'string') return undefined;
  return { type: 'image', url: image['url'] };
}

function toolCall(call: { [key: string]: JsonValue }): ToolCall {
  const { id, function: named } = call;
  const { name, arguments: given } = isJsonObject(named) ? named : call;
  return {
    ...(typeof id === 'string' ? { id } : {}),
    name: typeof name === 'string' ? name : '',
    arguments: given ?? {},
  };
}
