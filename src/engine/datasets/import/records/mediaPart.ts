import type { CaseMessage } from '../../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';

/** An image part of another tool in OpenAI's form, if it has a URL or the data; otherwise unchanged. */
export function asSendablePart(part: JsonValue): JsonValue {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isJsonObject(part)) return part;
  const url = imageUrl(part);
  return url === undefined ? part : { type: 'image_url', image_url: { url, ...detail(part) } };
}

/** Kinds of parts in a conversation that no target can be sent, each once. */
export function unsendableParts(messages: readonly CaseMessage[]): string[] {
  const kinds = messages.flatMap(({ content }) =>
    (Array.isArray(content) ? content : []).flatMap((part) => (isSendable(part) ? [] : [kindOf(part)])),
  );
  return [...new Set(kinds)];
}

function isSendable(part: JsonValue): boolean {
  if (!isJsonObject(part)) return false;
  return (part['type'] === 'text' && typeof part['text'] === 'string') || imageUrl(part) !== undefined;
}

function kindOf(part: JsonValue): string {
  const kind = isJsonObject(part) ? part['type'] : undefined;
  return typeof kind === 'string' ? kind : 'without a type';
}

/** `https:`, `http:` or `data:`; undefined for a path or a file's id. */
function imageUrl(part: JsonObject): string | undefined {
  const { type, image_url: named, image, url, source, data, mime_type: mime, base64 } = part;
  if (type !== 'image_url' && type !== 'image' && type !== 'input_image') return undefined;

  const inline = isJsonObject(source) ? source['data'] : (data ?? base64);
  const media = isJsonObject(source) ? source['media_type'] : mime;
  const address = [isJsonObject(named) ? named['url'] : named, image, url, fieldOf(source, 'url')].find(
    (value) => typeof value === 'string' && /^(?:https?|data):/i.test(value),
  );
  if (typeof address === 'string') return address;

  return typeof inline === 'string' && typeof media === 'string'
    ? `data:${media};base64,${inline}`
    : undefined;
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

function detail(part: JsonObject): JsonObject {
  const given = fieldOf(part['image_url'], 'detail') ?? part['detail'];
  return typeof given === 'string' ? { detail: given } : {};
}
