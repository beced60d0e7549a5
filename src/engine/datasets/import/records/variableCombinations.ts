import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { SourceRecord } from './sourceRecord.ts';

/** Most cases that one test may become. */
const MAX_COMBINATIONS = 10_000;

/**
 * promptfoo runs a test once for each combination of the values of its variables that are lists of texts.
 * Throws FileError when there are too many.
 */
export function expandVariables(variables: JsonObject, record: SourceRecord): JsonObject[] {
  let combinations: JsonObject[] = [{}];
  for (const [name, value] of Object.entries(variables)) {
    const values: readonly JsonValue[] =
      Array.isArray(value) && typeof value[0] === 'string' ? value : [value];
    if (combinations.length * values.length > MAX_COMBINATIONS) {
      throw record.fail(
        `the lists in the variables expand to more than ${MAX_COMBINATIONS} cases`,
        'Split the test.',
      );
    }
    combinations = combinations.flatMap((chosen) => values.map((item) => ({ ...chosen, [name]: item })));
  }

  return combinations;
}
