import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ContentPart, Message } from '../../../model/message.ts';

/** What a message says, in the form of any of the APIs. Parts that are neither text nor image are left out. */
export function readParts(content: JsonValue | undefined): Message['content'] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';

  const parts = content.flatMap((part) => readPart(part) ?? []);
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first.type === 'text' ? first.text : parts;
}

/** Texts alone, for messages that hold nothing else. */
export function readTexts(content: JsonValue | undefined): string {
  const parts = readParts(content);
  if (typeof parts === 'string') return parts;
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

export function objectsOf(list: JsonValue | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

export function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readPart(part: JsonValue): ContentPart | undefined {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isJsonObject(part)) return undefined;

  const text = stringOf(part['text']) ?? stringOf(part['refusal']);
  if (text !== undefined) return { type: 'text', text };
  const url = imageUrl(part);
  return url === undefined ? undefined : { type: 'image', url };
}

/** OpenAI's `image_url` is an object or a text; Anthropic's image has a source. */
function imageUrl({ image_url, source }: JsonObject): string | undefined {
  if (isJsonObject(image_url)) return stringOf(image_url['url']);
  if (!isJsonObject(source)) return stringOf(image_url);

  const data = stringOf(source['data']);
  const type = stringOf(source['media_type']) ?? '';
  if (data !== undefined && type.startsWith('image/')) return `data:${type};base64,${data}`;
  return stringOf(source['url']);
}
