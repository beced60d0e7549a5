import { isJsonObject } from '../../model/json.ts';
import { ModelError } from '../modelClient.ts';

/** An object of a provider's reply whose fields nobody has checked yet. */
export type Fields = { readonly [key: string]: unknown };

/** The value, which must be an object. `at` is where it stands in the reply, for the message. Throws ModelError `protocol`. */
export function fieldsAt(value: unknown, at: string): Fields {
  if (isJsonObject(value)) return value;
  throw malformed(at, value, 'an object');
}

/** The list; an empty one where there is none. Throws ModelError `protocol` for anything else. */
export function listAt(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw malformed(at, value, 'a list');
}

/** The text; undefined where there is none. Throws ModelError `protocol` for anything else. */
export function textAt(value: unknown, at: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw malformed(at, value, 'a string');
}

/** The same reply would come again, so it is not asked for again. */
export function malformed(at: string, value: unknown, wanted: string): ModelError {
  return unreadable(`${at} is ${kindOf(value)}, not ${wanted}`);
}

export function unreadable(why: string): ModelError {
  return new ModelError('protocol', `the provider's reply cannot be read: ${why}`, { transient: false });
}

/** No reply is so long: it is an attack, or a fault. */
export function beyondMeasure(message: string): ModelError {
  return new ModelError('protocol', message, { transient: false });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a string';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
