import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';

/** A reference to a variable and nothing else: no filter, no block. */
const REFERENCE = /\{\{-?\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*-?\}\}/g;

/**
 * Replaces `{{ variable }}` and `{{ map.key }}` in the texts of a value. A text that is one reference only
 * stays a text. `left` counts texts in which something remains that only a template engine can fill in.
 */
export function fillTexts<T extends JsonValue>(value: T, variables: JsonObject): { value: T; left: number } {
  let left = 0;
  const fill = (item: JsonValue): JsonValue => {
    if (typeof item === 'string') {
      const filled = item.replace(REFERENCE, (whole, path: string) => lookUp(variables, path) ?? whole);
      const remains = item.replace(REFERENCE, (whole, path: string) =>
        lookUp(variables, path) === undefined ? whole : '',
      );
      if (/\{[{%#]/.test(remains)) left++;
      return filled;
    }

    if (Array.isArray(item)) return item.map(fill);
    if (!isJsonObject(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, fill(inner)]));
  };

  return { value: fill(value) as T, left };
}

function lookUp(variables: JsonObject, path: string): string | undefined {
  let value: JsonValue | undefined = variables;
  for (const step of path.split('.')) {
    value = isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
