import type { EvaluatorDefinition } from '../evaluator.ts';
import { compileSchema } from '../jsonSchema.ts';
import { type SchemaOptions, schemaFromAssertion, schemaOf, schemaOption } from '../schemaOption.ts';
import { binary, unmeasured } from '../score.ts';
import { findJson } from './findJson.ts';

export const containsJson: EvaluatorDefinition<SchemaOptions> = {
  type: 'contains-json',
  stage: 'heuristic',
  summary: 'Somewhere in the output stands a JSON object, or with a schema any JSON that satisfies it.',
  options: schemaOption,
  shorthand: 'schema',
  fromAssertion: schemaFromAssertion,
  create(spec, { schema }, deps) {
    const own = schemaOf(schema, spec, deps);
    if (own) compileSchema(own, spec);
    return ({ case: golden, output }) => {
      const wanted = own ?? golden.expected_output?.json_schema;
      const check = wanted ? compileSchema(wanted, spec) : undefined;
      const found = findJson(output.text, check !== undefined);
      let wrong: string | undefined;
      for (const value of found.values) {
        const complaint = check?.(value);
        if (complaint === undefined) return binary(true, 'contains JSON');
        wrong ??= complaint;
      }
      if (found.gaveUp) return unmeasured('the output has too many unmatched brackets to search it for JSON');
      return binary(
        false,
        wrong ? `its JSON does not satisfy the schema: ${wrong}` : 'contains no JSON object',
      );
    };
  },
};
