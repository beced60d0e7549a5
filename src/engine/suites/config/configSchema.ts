import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluators/evaluator.ts';
import { evaluatorTypes } from '../../evaluators/registry.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { assertionSchema } from '../evaluators/assertionSchema.ts';
import { monitorFile } from '../monitoring/monitorConfig.ts';
import { TARGET_KINDS, targetFile } from '../targets/targetConfig.ts';
import { BULKHEAD_NOTE } from './bulkheadConfig.ts';
import { suiteFile } from './suiteConfig.ts';
import { workspaceFile } from './workspaceConfig.ts';

/**
 * The JSON Schema (draft-07) of `touchstone.yaml`, for completion, checks and hovers in editors; with the
 * options of every registered evaluator. What only the loader can check (files, providers) is left to it.
 */
export function configJsonSchema(): JsonObject {
  const evaluators = [...evaluatorTypes().values()];
  const types = evaluators.map(typeDefinitions);
  return {
    ...jsonSchemaOf(workspaceFile, (schema, json) => {
      if (EVALUATOR_LISTS.has(schema)) json['items'] = { $ref: '#/definitions/evaluator' };
      if (schema === targetFile) json['oneOf'] = TARGET_KINDS.map((kind) => ({ required: [kind] }));
    }),
    title: 'Touchstone configuration',
    definitions: {
      evaluator: evaluatorSchema(evaluators),
      assertion: assertionSchema(evaluators),
      ...COMMON,
      ...Object.assign({}, ...types),
    },
  };
}

const EVALUATOR_LISTS: ReadonlySet<z.core.$ZodType> = new Set([
  suiteFile.shape.evaluators.unwrap(),
  monitorFile.shape.evaluators,
]);

type Override = (schema: z.core.$ZodType, json: { [key: string]: unknown }) => void;

function jsonSchemaOf(schema: z.ZodType, override: Override = () => {}): JsonObject {
  const json: unknown = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => override(zodSchema, jsonSchema as { [key: string]: unknown }),
  });
  // Through text: plain data, without the getters and undefined values of the generator.
  return JSON.parse(JSON.stringify(json, (key, item) => (isIntegerLimit(key, item) ? undefined : item)));
}

/** The generator gives every whole number the limits of exact integers, which tell nobody anything. */
function isIntegerLimit(key: string, value: unknown): boolean {
  return (key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

const COMMON: JsonObject = {
  weight: { type: 'number', minimum: 0, default: 1, description: 'Weight of the score within its stage.' },
  metric: { type: 'string', description: 'Group under which scores are reported together.' },
  name: { type: 'string', minLength: 1, description: 'Shown in results. Default: the type.' },
  not: { type: 'boolean', default: false, description: 'Reverses pass and score.' },
  bulkhead: {
    type: 'string',
    minLength: 1,
    description: `${BULKHEAD_NOTE} Only for judges. Default: judge.`,
  },
};

const COMMON_REFERENCES: JsonObject = Object.fromEntries(
  Object.keys(COMMON).map((key) => [key, { $ref: `#/definitions/${key}` }]),
);

/** One entry of `evaluators`: a type, a type with its options, or promptfoo's form. */
function evaluatorSchema(definitions: readonly EvaluatorDefinition[]): JsonObject {
  const withoutOptions = definitions.filter((definition) => definition.options.safeParse({}).success);
  return {
    description: 'How the output is scored: a type, or a type with its options.',
    anyOf: [
      { enum: withoutOptions.flatMap(({ type }) => [type, `not-${type}`]) },
      {
        type: 'object',
        minProperties: 1,
        properties: { ...typeProperties(definitions), ...COMMON_REFERENCES },
        additionalProperties: false,
      },
      { $ref: '#/definitions/assertion' },
    ],
  };
}

function typeProperties(definitions: readonly EvaluatorDefinition[]): JsonObject {
  return Object.fromEntries(
    definitions.flatMap(({ type, summary }): [string, JsonValue][] => [
      [type, { description: summary, allOf: [{ $ref: `#/definitions/${type}` }] }],
      [`not-${type}`, { description: `Reversed: ${summary}`, allOf: [{ $ref: `#/definitions/${type}` }] }],
    ]),
  );
}

/** What stands behind a type: its options, the bare value of its short form, or nothing. */
function typeDefinitions(definition: EvaluatorDefinition): JsonObject {
  const { type, shorthand } = definition;
  const {
    $schema: _schema,
    definitions: shared,
    ...options
  } = withOwnNames(jsonSchemaOf(definition.options), type);
  const properties = isJsonObject(options['properties']) ? options['properties'] : {};
  const short = shorthand === undefined ? undefined : properties[shorthand];
  const { bulkhead: _bulkhead, ...others } = COMMON_REFERENCES;
  const common = definition.stage === 'judge' ? COMMON_REFERENCES : others;
  const schema: JsonObject = {
    description: definition.summary,
    anyOf: [
      { ...options, properties: { ...common, ...properties } },
      ...(short === undefined ? [] : [short]),
      ...(definition.options.safeParse({}).success ? [{ type: 'null' }] : []),
    ],
  };

  return { [type]: schema, ...(isJsonObject(shared) ? shared : {}) };
}

/** Recursive parts (`__schema0`) get names that are unique among all types. */
function withOwnNames(schema: JsonObject, type: string): JsonObject {
  return JSON.parse(JSON.stringify(schema).replaceAll('__schema', `${type}-part-`));
}
