import { isJsonObject, type JsonValue } from '../../model/json.ts';

/** A field of what may be an object; undefined where it has none, or it is null. */
export function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? (value[name] ?? undefined) : undefined;
}

/** A field that is a text and not empty. */
export function textIn(value: JsonValue | undefined, name: string): string | null {
  const text = fieldOf(value, name);
  return typeof text === 'string' && text !== '' ? text : null;
}

/** A field that is a count: a number that is not negative. */
export function countIn(value: JsonValue | undefined, name: string): number | null {
  const count = fieldOf(value, name);
  return typeof count === 'number' && count >= 0 ? count : null;
}
