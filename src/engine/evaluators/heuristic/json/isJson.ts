import type { EvaluatorDefinition } from '../../evaluator.ts';
import { outputJson } from '../../output/outputJson.ts';
import { compileSchema } from '../../schemas/jsonSchema.ts';
import {
  type SchemaOptions,
  schemaFromAssertion,
  schemaOf,
  schemaOption,
} from '../../schemas/schemaOption.ts';
import { binary } from '../../score.ts';

export const isJson: EvaluatorDefinition<SchemaOptions> = {
  type: 'is-json',
  stage: 'heuristic',
  summary: 'The whole output is valid JSON, and satisfies the JSON Schema if one is given.',
  options: schemaOption,
  shorthand: 'schema',
  fromAssertion: schemaFromAssertion,
  create(spec, { schema }, deps) {
    const own = schemaOf(schema, spec, deps);
    if (own) compileSchema(own, spec);
    const yes = binary(true, own ? 'valid JSON that satisfies the schema' : 'valid JSON');

    return ({ case: golden, output }) => {
      const parsed = outputJson(output);
      if (!parsed.ok) return binary(false, `not JSON: ${parsed.reason}`);
      const wanted = own ?? golden.expected_output?.json_schema;
      if (!wanted) return yes;
      const wrong = compileSchema(wanted, spec)(parsed.value);
      return wrong === undefined ? yes : binary(false, `does not satisfy the schema: ${wrong}`);
    };
  },
};
