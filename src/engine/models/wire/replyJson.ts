import { readJson } from '../../files/formats/readJson.ts';
import type { JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';

/**
 * Parses JSON that a model wrote. Integers beyond ±2^53, which a double would round to a neighbour, are kept
 * as their digits in a string, so that no id changes silently. Throws a SyntaxError, also for what is nested so deep
 * that nobody could write it down again.
 */
export function parseReplyJson(text: string): JsonValue {
  if (isNestedDeeper(text, MAX_REPLY_DEPTH)) {
    throw new SyntaxError(`it is nested deeper than ${MAX_REPLY_DEPTH} levels`);
  }
  return readJson(text, keepDigits);
}

function keepDigits(value: number, source: string): JsonValue {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && /^-?\d+$/.test(source) ? source : value;
}
