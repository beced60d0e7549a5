import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';

/**
 * Whether every expected argument was given with an equal value: further keys of maps are allowed at every
 * depth, lists must have the same length.
 */
export function matchesPartially(actual: JsonValue | undefined, expected: JsonValue): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => matchesPartially(actual[index], item))
    );
  }
  if (!isJsonObject(expected)) return isDeepStrictEqual(actual, expected);
  if (!isJsonObject(actual)) return false;

  return Object.entries(expected).every(
    ([key, value]) => Object.hasOwn(actual, key) && matchesPartially(actual[key], value),
  );
}

export function matchesExactly(actual: JsonValue | undefined, expected: JsonValue): boolean {
  return isDeepStrictEqual(actual, expected);
}
