import { isJsonObject, type JsonValue } from '../../model/json.ts';

/**
 * The keys that lead to one value of a JSON reply: of a JSON Pointer (`/choices/0/text`, RFC 6901) or a dotted path
 * (`choices.0.text`, `choices[0].text`).
 */
export function responseKeys(path: string): string[] {
  return path.startsWith('/') ? pointerKeys(path) : dottedKeys(path);
}

/** Undefined where the reply has no such value. */
export function valueAt(reply: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  let value = reply;
  for (const key of keys) {
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function pointerKeys(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function dottedKeys(path: string): string[] {
  return path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((key) => key !== '' && key !== '$');
}
