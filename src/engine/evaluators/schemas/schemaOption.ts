import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { AssertionParts, EvaluatorDeps } from '../evaluator.ts';
import { parseData } from '../options/fileValue.ts';

/** Options of the evaluators that hold JSON to a schema. */
export const schemaOption = z.strictObject({
  schema: z
    .union([z.string().min(1), z.record(z.string(), z.json())])
    .optional()
    .describe(
      'A JSON Schema: the schema itself, or the path of a JSON or YAML file. Default: json_schema of the case.',
    ),
});

export type SchemaOptions = z.infer<typeof schemaOption>;

export function schemaFromAssertion({ value }: AssertionParts): JsonObject {
  return value === undefined || value === null || value === '' ? {} : { schema: value };
}

/** The schema that the option names: itself, a file, or YAML or JSON as text. Throws ConfigError, FileError. */
export function schemaOf(
  schema: string | JsonObject | undefined,
  spec: EvaluatorSpec,
  deps: Pick<EvaluatorDeps, 'readFile'>,
): JsonObject | undefined {
  if (typeof schema !== 'string') return schema;
  const inline = /^\s*\{|\n/.test(schema);
  const value = inline
    ? parseData(schema, 'the inline schema', spec)
    : parseData(deps.readFile(schema), schema, spec);
  if (isJsonObject(value)) return value;
  throw new ConfigError(`${spec.type}: ${inline ? 'the schema' : schema} is not a JSON Schema`, {
    where: spec.location,
    remedy: 'A JSON Schema is a map, for example { type: object }.',
  });
}
