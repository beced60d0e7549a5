import type { JsonValue } from '../../model/json.ts';

/** A variable's value as text: strings as they are, nothing for null, JSON for lists and maps. */
export function valueText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return JSON.stringify(value);
}
