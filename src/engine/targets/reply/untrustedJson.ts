import { readJson } from '../../files/formats/readJson.ts';
import type { JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';

/** Digits enough to exceed 2^53 - 1, or an exponent that may overflow. Most replies hold neither. */
const SUSPECT_NUMBER = /\d{16}|[eE]\+?\d{3}/;
const SUSPECT_KEY = /__proto__|\\u00/;

/**
 * Parses JSON that a process or server under test wrote. Throws a SyntaxError in plain words for what is
 * not JSON, is nested too deep, or holds the key `__proto__` or a number beyond the range of a double.
 * An integer that a double would round is kept as its digits, in a string: ids stay exact.
 */
export function parseUntrustedJson(text: string): JsonValue {
  if (isNestedDeeper(text, MAX_REPLY_DEPTH)) {
    throw new SyntaxError(`it is nested deeper than ${MAX_REPLY_DEPTH} levels`);
  }
  const value = readJson(text, SUSPECT_NUMBER.test(text) ? keepNumber : undefined);
  if (SUSPECT_KEY.test(text)) refusePrototypeKeys(value);
  return value;
}

function keepNumber(value: number, source: string): JsonValue {
  if (Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value)) throw new SyntaxError(`the number ${source.slice(0, 20)} is out of range`);
  return /^-?\d+$/.test(source) ? source : value;
}

function refusePrototypeKeys(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && Object.hasOwn(value, '__proto__')) {
    throw new SyntaxError('it holds the key "__proto__"');
  }
  for (const item of Object.values(value)) refusePrototypeKeys(item);
}
