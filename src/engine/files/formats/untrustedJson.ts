import type { JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';
import { readJson } from './readJson.ts';

/**
 * A number of enough digits to exceed 2^53 - 1, or with an exponent that may overflow. Most replies contain neither; digits
 * in ids and times that are text do not count.
 */
const SUSPECT_NUMBER = /(?:^|[:,[\s])-?(?:\d{16}|[\d.]+[eE]\+?\d{3})/;
const SUSPECT_KEY = /__proto__|\\u00/;

/** Well-formed JSON beyond what is accepted; the message may be shown, since it quotes nothing but a number. */
export class JsonLimitError extends SyntaxError {}

/**
 * Parses JSON written by a model, a process or a server. Throws a SyntaxError for anything that is not JSON,
 * and a JsonLimitError for JSON that is nested too deeply, or contains the key `__proto__` or a number beyond the range of a
 * double.
 * An integer that a double would round is kept as a string of its digits: ids stay exact.
 */
export function parseUntrustedJson(text: string, maxDepth = MAX_REPLY_DEPTH): JsonValue {
  if (isNestedDeeper(text, maxDepth)) {
    throw new JsonLimitError(`it is nested deeper than ${maxDepth} levels`);
  }
  const value = readJson(text, SUSPECT_NUMBER.test(text) ? keepNumber : undefined);
  if (SUSPECT_KEY.test(text)) refusePrototypeKeys(value);
  return value;
}

function keepNumber(value: number, source: string): JsonValue {
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) throw new JsonLimitError(`the number ${source.slice(0, 20)} is out of range`);
  return /^-?\d+$/.test(source) ? source : value;
}

function refusePrototypeKeys(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && Object.hasOwn(value, '__proto__')) {
    throw new JsonLimitError('it contains the key "__proto__"');
  }
  for (const item of Object.values(value)) refusePrototypeKeys(item);
}
