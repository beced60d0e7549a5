import type { SpanContent, SpanMessage, SpanPart } from '../../model/agentSpan.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Message } from '../../model/message.ts';
import { readContent } from '../../telemetry/dialects/messages.ts';
import { type Asked, asText, inputOf, said } from '../../traces/caseFromSpan.ts';
import type { ApiRequest } from '../apis/apiRequest.ts';

/** What a request asks, as a case has it: variables of a release, the last text of a user, or the conversation. Null where it says nothing. */
export function askedOf(request: ApiRequest, body: Buffer | null): Asked | null {
  if (request.variables !== undefined) return { input: plain(request.variables) };

  const content =
    request.api === 'agent'
      ? ofAgent(body)
      : { kind: 'messages' as const, messages: request.messages().flatMap(toSpanMessage) };
  return inputOf({ input: said(content), tool: null });
}

function ofAgent(body: Buffer | null): SpanContent | null {
  const text = body?.toString('utf8') ?? '';
  const value = jsonOf(text);
  if (!isJsonObject(value)) return text.trim() === '' ? null : { kind: 'value', value: text };

  const conversation = value['messages'] === undefined ? null : readContent(value['messages']);
  if (conversation?.kind === 'messages') return conversation;
  const { input } = value;
  return { kind: 'value', value: typeof input === 'string' || isJsonObject(input) ? input : value };
}

/** Instructions are the prompt's own matter. */
function toSpanMessage({ role, content, toolCalls = [], toolCallId }: Message): SpanMessage[] {
  if (role === 'system' || role === 'developer') return [];
  if (role === 'tool') {
    const result = typeof content === 'string' ? content : textsOf(content);
    return [{ role, parts: [{ type: 'tool-result', id: toolCallId ?? null, name: null, result }] }];
  }
  const calls = toolCalls.map(({ id, name, arguments: given }): SpanPart => {
    return { type: 'tool-call', id: id ?? null, name, arguments: given };
  });
  return [{ role, parts: [...partsOf(content), ...calls] }];
}

function partsOf(content: Message['content']): SpanPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return content.map((part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'media', mediaType: 'image', uri: part.url },
  );
}

function textsOf(content: Exclude<Message['content'], string>): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function plain(variables: { readonly [name: string]: unknown }): JsonObject {
  return JSON.parse(JSON.stringify(variables)) as JsonObject;
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** One line of a value, for people. */
export function shown(value: JsonValue, most = 200): string {
  const text = asText(value).replace(/\s+/g, ' ');
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}
