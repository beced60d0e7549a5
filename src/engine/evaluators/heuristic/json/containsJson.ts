import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { compileSchema } from '../../schemas/jsonSchema.ts';
import { schemaFromAssertion, schemaOf, schemaOption } from '../../schemas/schemaOption.ts';
import { binary, unmeasured } from '../../score.ts';
import { findJson } from './findJson.ts';
import { findLooseJson } from './findLooseJson.ts';

const options = schemaOption.extend({
  loose: z
    .boolean()
    .optional()
    .describe(
      'true: also accept text that only resembles a JSON object, such as {a: 1}, but no lists. Default: false.',
    ),
});

export const containsJson: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'contains-json',
  stage: 'heuristic',
  summary: 'The output contains a JSON object, or, with a schema, any JSON value that satisfies it.',
  options,
  shorthand: 'schema',
  // promptfoo reads the braces of an output as YAML.
  fromAssertion: (parts) => ({ ...schemaFromAssertion(parts), loose: true }),
  create(spec, { schema, loose = false }, deps) {
    const own = schemaOf(schema, spec, deps);
    if (own) compileSchema(own, spec);

    return ({ case: golden, output }) => {
      const wanted = own ?? golden.expected_output?.json_schema;
      const check = wanted ? compileSchema(wanted, spec) : undefined;
      const found = loose ? findLooseJson(output.text) : findJson(output.text, check !== undefined);
      let wrong: string | undefined;
      for (const value of found.values) {
        const complaint = check?.(value);
        if (complaint === undefined) return binary(true, 'contains JSON');
        wrong ??= complaint;
      }

      if (found.gaveUp)
        return unmeasured('the output has too many unmatched or nested brackets to be searched for JSON');

      return binary(
        false,
        wrong ? `its JSON does not satisfy the schema: ${wrong}` : 'contains no JSON object',
      );
    };
  },
};
