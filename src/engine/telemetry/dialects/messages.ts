import type { SpanContent, SpanMessage, SpanPart } from '../../model/agentSpan.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parsed } from './embeddedJson.ts';

/**
 * A conversation in any of the forms in which it is sent: parts by OpenTelemetry, content by OpenAI, Anthropic, the AI SDK,
 * LangChain or Genkit. Null where it is none, so that the value itself can be shown.
 */
export function readMessages(value: JsonValue | undefined): SpanMessage[] | null {
  const found = parsed(value);
  const list = Array.isArray(found) ? found : isJsonObject(found) ? (found['messages'] ?? [found]) : null;
  if (!Array.isArray(list) || list.length === 0) return null;

  const messages = list.map((item) => readMessage(item));
  return messages.every((message) => message !== null) ? messages : null;
}

/** A conversation where the value is one, else the value. Null where there is nothing. */
export function readContent(value: JsonValue | undefined): SpanContent | null {
  const found = parsed(value);
  if (found === undefined || found === null || found === '') return null;
  const messages = readMessages(found);
  return messages ? { kind: 'messages', messages } : { kind: 'value', value: found };
}

export function textMessage(role: string, text: string): SpanMessage {
  return { role, parts: [{ type: 'text', text }] };
}

export function messagesContent(messages: SpanMessage[]): SpanContent | null {
  return messages.length === 0 ? null : { kind: 'messages', messages };
}

function readMessage(value: JsonValue): SpanMessage | null {
  if (!isJsonObject(value)) return null;
  const message = isJsonObject(value['kwargs']) ? langChainMessage(value, value['kwargs']) : value;
  const role = message['role'] ?? message['type'];
  if (typeof role !== 'string') return null;

  const body = message['parts'] ?? message['content'];
  if (body === undefined && message['tool_calls'] === undefined) return null;
  const parts = [...readParts(body ?? null), ...toolCalls(message)];
  const callId = text(message['tool_call_id'] ?? message['toolCallId']);

  // What answers a call by its role alone.
  if (
    (role === 'tool' || role === 'function') &&
    callId !== null &&
    parts.every(({ type }) => type === 'text')
  ) {
    const name = text(message['name']);
    return {
      role,
      parts: [{ type: 'tool-result', id: callId, name, result: parsed(joined(parts)) ?? null }],
    };
  }
  return { role: (Object.hasOwn(ROLES, role) ? ROLES[role] : undefined) ?? role, parts };
}

/** Names of roles that are the same. */
const ROLES: { readonly [role: string]: string } = { human: 'user', ai: 'assistant', model: 'assistant' };

/** `{"lc": 1, "type": "constructor", "id": [..., "HumanMessage"], "kwargs": {...}}`. */
function langChainMessage(value: JsonObject, kwargs: JsonObject): JsonObject {
  const id = value['id'];
  const name = Array.isArray(id) ? String(id.at(-1)) : '';
  const role = /^(Human|AI|System|Tool|Function)Message/.exec(name)?.[1]?.toLowerCase() ?? 'other';
  return { ...kwargs, role };
}

function readParts(body: JsonValue): SpanPart[] {
  if (body === null) return [];
  if (typeof body === 'string') return body === '' ? [] : [{ type: 'text', text: body }];
  if (Array.isArray(body)) return body.map(readPart).filter((part) => part !== null);
  return [{ type: 'other', value: body }];
}

function readPart(part: JsonValue): SpanPart | null {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isJsonObject(part)) return { type: 'other', value: part };

  switch (part['type'] ?? genkitType(part)) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: text(part['content']) ?? text(part['text']) ?? '' };
    case 'reasoning':
    case 'thinking':
      return { type: 'reasoning', text: reasoning(part) };
    case 'tool_call':
    case 'server_tool_call':
    case 'tool-call':
    case 'tool_use':
    case 'function_call':
      return toolCall(part);
    case 'tool_call_response':
    case 'server_tool_call_response':
    case 'tool-result':
    case 'tool_result':
    case 'function_call_output':
      return toolResult(part);
    case 'toolRequest':
      return toolCall(part['toolRequest'] as JsonObject);
    case 'toolResponse':
      return toolResult(part['toolResponse'] as JsonObject);
    case 'blob':
    case 'file':
    case 'uri':
    case 'image':
    case 'image_url':
    case 'media':
      return media(part);
    default:
      return { type: 'other', value: part };
  }
}

/** Genkit names a part by its only key. */
function genkitType(part: JsonObject): string {
  for (const key of ['text', 'toolRequest', 'toolResponse', 'reasoning', 'media'])
    if (Object.hasOwn(part, key)) return key;
  return 'other';
}

function reasoning(part: JsonObject): string {
  return (
    text(part['content']) ?? text(part['text']) ?? text(part['thinking']) ?? text(part['reasoning']) ?? ''
  );
}

/** Calls beside the content, as OpenAI and LangChain have them. */
function toolCalls(message: JsonObject): SpanPart[] {
  const calls = message['tool_calls'] ?? message['toolCalls'];
  if (!Array.isArray(calls)) return [];
  return calls.flatMap((call) => (isJsonObject(call) ? [toolCall(call)] : []));
}

export function toolCall(call: JsonObject): SpanPart {
  const inner = isJsonObject(call['function']) ? call['function'] : call;
  const given = inner['arguments'] ?? inner['args'] ?? inner['input'];
  return {
    type: 'tool-call',
    id: text(call['id'] ?? call['toolCallId'] ?? call['call_id'] ?? call['ref']),
    name: text(inner['name'] ?? inner['toolName']) ?? '',
    arguments: parsed(given) ?? null,
  };
}

function toolResult(part: JsonObject): SpanPart {
  const given = part['response'] ?? part['result'] ?? part['output'] ?? part['content'];
  // The AI SDK says of what kind a result is.
  const value = isJsonObject(given) && 'value' in given && 'type' in given ? given['value'] : given;
  return {
    type: 'tool-result',
    id: text(part['id'] ?? part['toolCallId'] ?? part['tool_use_id'] ?? part['call_id'] ?? part['ref']),
    name: text(part['name'] ?? part['toolName']),
    result: parsed(value) ?? null,
  };
}

function media(part: JsonObject): SpanPart {
  const image = part['image_url'] ?? part['media'] ?? part;
  const holder = isJsonObject(image) ? image : { url: image };
  const uri = text(holder['uri'] ?? holder['url'] ?? holder['image'] ?? holder['file_id']);
  return {
    type: 'media',
    mediaType: text(part['mime_type'] ?? part['mediaType'] ?? part['mimeType'] ?? holder['contentType']),
    // What is held in the text itself is for nobody to read.
    uri: uri?.startsWith('data:') ? null : uri,
  };
}

function joined(parts: readonly SpanPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
