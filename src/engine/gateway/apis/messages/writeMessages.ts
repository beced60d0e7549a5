import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { ContentPart, Message, ToolCall } from '../../../model/message.ts';
import { writeChatRequest } from '../../../models/wire/writeRequest.ts';
import type { ApiName } from '../apiName.ts';

/**
 * Messages as the members of a request of that API, to be set by `editRequest`; the way back is `ApiRequest.messages`. Empty
 * for an API that takes none. A request for a response has its `instructions` among its input then.
 */
export function writeMessages(api: ApiName, messages: readonly Message[]): JsonObject {
  switch (api) {
    case 'chat': {
      const options = { model: '', maxTokensField: 'max_tokens', stream: false } as const;
      const written = writeChatRequest({ messages: [...messages], parameters: {} }, options);
      return { messages: written['messages'] ?? [] };
    }
    case 'responses':
      return { input: messages.flatMap(responseItems) };
    case 'messages':
      return anthropicMembers(messages);
    case 'embeddings':
    case 'models':
    case 'agent':
      return {};
  }
}

function responseItems({ role, content, toolCalls = [], toolCallId = '' }: Message): JsonObject[] {
  if (role === 'tool')
    return [{ type: 'function_call_output', call_id: toolCallId, output: textOf(content) }];

  const calls = toolCalls.map((call, index) => ({
    type: 'function_call',
    call_id: idOf(call, index),
    name: call.name,
    arguments: argumentsText(call),
  }));
  if (role === 'assistant') {
    const text = textOf(content);
    return text === '' ? calls : [{ role, content: text }, ...calls];
  }

  const parts: JsonValue =
    typeof content === 'string'
      ? content
      : content.map((part) =>
          part.type === 'text'
            ? { type: 'input_text', text: part.text }
            : { type: 'input_image', image_url: part.url },
        );
  return [{ role, content: parts }];
}

/** Instructions stand apart, and results of tools are what a user says. */
function anthropicMembers(messages: readonly Message[]): JsonObject {
  const isInstruction = ({ role }: Message) => role === 'system' || role === 'developer';
  const system = messages.filter(isInstruction).map(({ content }) => textOf(content));
  const turns: { role: string; content: JsonObject[] }[] = [];

  for (const message of messages.filter((one) => !isInstruction(one))) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    // Results of several calls are one turn.
    if (last?.role === role) last.content.push(...blocksOf(message));
    else turns.push({ role, content: blocksOf(message) });
  }

  const written: JsonObject = { messages: turns };
  if (system.length > 0) written['system'] = system.join('\n\n');
  return written;
}

function blocksOf({ role, content, toolCalls = [], toolCallId = '' }: Message): JsonObject[] {
  if (role === 'tool') return [{ type: 'tool_result', tool_use_id: toolCallId, content: textOf(content) }];

  const parts: ContentPart[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const said = parts.filter((part) => part.type === 'image' || part.text !== '').map(blockOf);
  const calls = toolCalls.map((call, index) => ({
    type: 'tool_use',
    id: idOf(call, index),
    name: call.name,
    input: call.arguments,
  }));
  return [...said, ...calls];
}

function blockOf(part: ContentPart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text };

  const inline = /^data:([^;,]+);base64,/.exec(part.url);
  if (!inline) return { type: 'image', source: { type: 'url', url: part.url } };
  const [head, type = ''] = inline;
  return {
    type: 'image',
    source: { type: 'base64', media_type: type, data: part.url.slice(head.length) },
  };
}

function idOf({ id }: ToolCall, index: number): string {
  return id ?? `call_${index}`;
}

function argumentsText({ arguments: given }: ToolCall): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
