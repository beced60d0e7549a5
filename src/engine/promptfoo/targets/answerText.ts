import type { JsonValue } from '../../model/json.ts';

/** An answer as promptfoo judges it: a text as it stands; anything else as data, whose text is its JSON. */
export function textOf(value: JsonValue): { text: string; json?: JsonValue } {
  return typeof value === 'string' ? { text: value } : { text: JSON.stringify(value), json: value };
}
