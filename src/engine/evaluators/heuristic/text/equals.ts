import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { JsonValue } from '../../../model/json.ts';
import type { EvaluationInput, EvaluatorDefinition } from '../../evaluator.ts';
import { outputJson } from '../../output/outputJson.ts';
import { binary, notApplicable, quote } from '../../score.ts';

const value = z.json().optional();

const options = z.strictObject({
  value: value.describe(
    'The expected output. A map or list is compared with the output as JSON. Default: the expected answer of the case.',
  ),
});

export const equals: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'equals',
  stage: 'heuristic',
  summary: 'The output is exactly the given text, or equal to the given JSON.',
  options,
  shorthand: 'value',
  create: (_spec, { value }) => compare(value, (text) => text),
};

export const iequals: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'iequals',
  stage: 'heuristic',
  summary: 'The output is exactly the given text, ignoring case.',
  options,
  shorthand: 'value',
  create: (_spec, { value }) => compare(value, (text) => text.toLowerCase()),
};

function compare(
  value: JsonValue | undefined,
  fold: (text: string) => string,
): (input: EvaluationInput) => ReturnType<typeof binary> {
  return ({ case: golden, output }) => {
    const expected = value === undefined ? golden.expected_output?.answer : value;
    if (expected === undefined) return notApplicable('the case has no expected answer');
    const shown = typeof expected === 'string' ? expected : JSON.stringify(expected);
    const pass =
      typeof expected === 'object'
        ? equalsJson(expected, output)
        : fold(String(expected)) === fold(output.text);
    return binary(pass, pass ? 'equal' : `expected ${quote(shown)}, got ${quote(output.text)}`);
  };
}

function equalsJson(expected: JsonValue, output: EvaluationInput['output']): boolean {
  const parsed = outputJson(output);
  return parsed.ok && isDeepStrictEqual(parsed.value, expected);
}
