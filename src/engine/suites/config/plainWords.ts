import type { Pointer } from '../../files/formats/document.ts';
import type { JsonValue } from '../../model/json.ts';

/** `suites.support.targets[0].model`, as a person reads a path of keys. */
export function pointerText(pointer: Pointer): string {
  return pointer.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}

/** A value in a few words: texts and numbers as they are, the rest by its kind. */
export function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null || value === '') return 'empty';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value !== 'object') return String(value);
  const size = Object.keys(value).length;
  if (size === 0) return 'empty';
  return Array.isArray(value) ? 'a list' : 'a map of keys';
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} or ${last}`;
}
