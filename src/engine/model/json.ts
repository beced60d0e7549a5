/** Plain JSON: the only data that crosses a boundary. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * JSON text with object keys sorted at every level: equal values give equal bytes, so it can be hashed.
 * Throws a RangeError for a number that JSON cannot hold (NaN, Infinity).
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${value} cannot be written as JSON`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';

  // Written piece by piece: a dataset of many cases goes through here as a whole.
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += (text === '' ? '' : ',') + canonicalJson(item ?? null);
    return `[${text}]`;
  }

  const object = value as { [key: string]: unknown };
  for (const key of sortedKeys(object)) {
    const item = object[key];
    if (item !== undefined)
      text += `${(text === '' ? '' : ',') + JSON.stringify(key)}:${canonicalJson(item)}`;
  }

  return `{${text}}`;
}

function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  for (let at = 1; at < keys.length; at += 1) {
    if ((keys[at - 1] ?? '') > (keys[at] ?? '')) return keys.sort();
  }
  return keys;
}
