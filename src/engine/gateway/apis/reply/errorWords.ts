import { defined } from '../../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { ErrorWords } from '../../../resilience/classify.ts';

/** What a provider says of an error, be it an object or a text; undefined for what is no error. */
export function errorWords(error: JsonValue | undefined): ErrorWords | undefined {
  if (typeof error === 'string' && error !== '') return { message: error };
  if (!isJsonObject(error)) return undefined;

  const { message, code, type } = error;
  return { ...defined({ code, type }), message: message ?? JSON.stringify(error).slice(0, MOST_CHARACTERS) };
}

const MOST_CHARACTERS = 1000;
