import type { GoldenCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';

/** Variables that an assertion reads from its test, without which promptfoo ends with an error. */
const NEEDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['context-faithfulness', ['query', 'context']],
  ['context-relevance', ['query', 'context']],
]);

/**
 * The variable that an assertion needs and a test does not have, with its type; undefined where nothing is missing, and
 * for a case that is not run as it stands. Those that are called `stored` are outputs of other tests.
 */
export function missingVariable(
  assertion: JsonObject,
  { input, promptfoo }: GoldenCase,
  stored: ReadonlySet<string>,
): { type: string; name: string } | undefined {
  const type = String(assertion['type'] ?? '').replace(/^not-/, '');
  if (isJsonObject(promptfoo) && promptfoo['unsupported'] !== undefined) return undefined;
  const given = isJsonObject(input) ? input : {};
  const name = NEEDS.get(type)?.find((one) => {
    if (stored.has(one)) return false;
    if (one === 'context' && assertion['contextTransform'] !== undefined) return false;
    return given[one] === undefined || given[one] === '';
  });
  return name === undefined ? undefined : { type, name };
}
