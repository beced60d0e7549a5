import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { Fields } from '../fields/fields.ts';

/** GitHub Models' string checks and the evaluator types that do the same. */
const STRING_CHECKS: { [check: string]: string } = {
  equals: 'equals',
  contains: 'contains',
  startsWith: 'starts-with',
  endsWith: 'ends-with',
};

/**
 * The evaluators of a `.prompt.yml`. `uses:` names an evaluator hosted by GitHub; it keeps that name as its type, so
 * that it is reported as unknown rather than silently replaced. Strings may contain `{{variables}}` of the test data
 * row; they are not filled in here.
 */
export function readGithubEvaluators(fields: Fields): EvaluatorSpec[] {
  return (fields.list(['evaluators']) ?? []).flatMap((_, index) =>
    readEvaluator(fields, ['evaluators', index]),
  );
}

function readEvaluator(fields: Fields, at: Pointer): EvaluatorSpec[] {
  if (fields.map(at) === undefined) throw fields.mismatch(at, 'a map');
  const uses = fields.string([...at, 'uses']);
  if (uses !== undefined) return [specify(fields, at, uses, {})];
  if (fields.map([...at, 'llm']))
    return [specify(fields, at, 'choice-judge', readJudge(fields, [...at, 'llm']))];

  const checks = Object.keys(fields.map([...at, 'string']) ?? {}).filter((key) =>
    Object.hasOwn(STRING_CHECKS, key),
  );

  if (checks.length === 0) {
    throw fields.fail(
      at,
      'the evaluator checks nothing',
      'Add string: with equals, contains, startsWith or endsWith; or add llm: or uses:.',
    );
  }

  return checks.map((check, index) => {
    const value = fields.string([...at, 'string', check]);
    if (value === undefined) throw fields.mismatch([...at, 'string', check], 'a string');
    const spec = specify(fields, at, STRING_CHECKS[check] ?? check, { value });
    return index === 0 ? spec : { ...spec, name: `${spec.name} (${check})` };
  });
}

function specify(fields: Fields, at: Pointer, type: string, options: JsonObject): EvaluatorSpec {
  const { path, line, column } = fields.locate(at);
  const name = fields.string([...at, 'name']) ?? type;
  return { type, name, negated: false, options, weight: 1, location: { path, line, column } };
}

function readJudge(fields: Fields, at: Pointer): JsonObject {
  const prompt = fields.string([...at, 'prompt']);
  if (prompt === undefined)
    throw fields.fail(at, 'the judge has no prompt', 'Add prompt: with the question for the judge.');
  const system = fields.string([...at, 'systemPrompt']);
  const model = fields.string([...at, 'modelId']);
  return {
    prompt,
    ...defined({ system }),
    choices: readChoices(fields, [...at, 'choices']),
    ...defined({ model }),
  };
}

function readChoices(fields: Fields, at: Pointer): JsonValue[] {
  const list = fields.list(at);
  if (list === undefined || list.length === 0) {
    throw fields.fail(
      at,
      'the judge has no choices',
      'Add choices: with a choice and a score from 0 to 1 for each.',
    );
  }

  return list.map((_, index) => {
    const choice = fields.get([...at, index, 'choice']);
    const score = fields.number([...at, index, 'score']);
    if (choice === undefined || typeof choice === 'object')
      throw fields.mismatch([...at, index, 'choice'], 'a string');
    if (score === undefined) throw fields.mismatch([...at, index, 'score'], 'a number');
    return { choice: String(choice), score };
  });
}
