import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluators/evaluator.ts';
import { ALIASES } from '../../evaluators/specs/typeNames.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** What of an option's schema helps whoever writes it; what it must hold is checked elsewhere, with better words. */
const SHOWN = ['description', 'type', 'enum', 'minimum', 'maximum', 'default'] as const;

const CONFIG = 'Options of the type, which can also be written beside it.';

const KEYS: JsonObject = {
  value: { description: 'The main option of the type, such as what the output is compared with.' },
  threshold: { type: 'number', description: 'Minimum score for a pass, or the equivalent of the type.' },
  weight: { type: 'number', minimum: 0, default: 1, description: 'Weight of the score within its stage.' },
  metric: { type: 'string', description: 'Group under which scores are reported together.' },
  provider: { description: 'Model that judges.' },
  rubricPrompt: { description: 'Your own question to the judge.' },
  transform: { type: 'string', description: 'JavaScript that transforms the output first. Needs --trust.' },
  config: { type: 'object', description: CONFIG },
  name: { description: 'Shown in results. Default: the type.' },
  not: { type: 'boolean', default: false, description: 'Reverses pass and score.' },
};

/**
 * The JSON Schema of an assertion: promptfoo's form, with the options of its type beside it or in `config`. For
 * completion and hovers; it refuses nothing that a run would take.
 */
export function assertionSchema(definitions: readonly EvaluatorDefinition[]): JsonObject {
  return {
    title: 'Assertion',
    description: "A check in promptfoo's form, e.g. { type: contains, value: refund }.",
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        anyOf: [{ enum: [...definitions.map(({ type }) => type), ...ALIASES.keys()] }, { type: 'string' }],
        description: 'Type of the evaluator; "not-" in front of it reverses the result.',
      },
      ...KEYS,
    },
    allOf: definitions.map(ofType),
  };
}

function ofType(definition: EvaluatorDefinition): JsonValue {
  const { type } = definition;
  const others = [...ALIASES].flatMap(([alias, name]) => (name === type ? [alias] : []));
  const names = [type, ...others].flatMap((name) => [name, `not-${name}`]);
  const options = optionsOf(definition);
  const { config, type: _type, ...beside } = options;
  const properties =
    config === undefined ? { ...beside, config: { description: CONFIG, properties: options } } : options;
  const condition = {
    required: ['type'],
    properties: { type: { description: definition.summary, enum: names } },
  };
  return Object.fromEntries([
    ['if', condition],
    ['then', { properties }],
  ]);
}

function optionsOf({ options }: EvaluatorDefinition): JsonObject {
  const json: JsonValue = JSON.parse(
    JSON.stringify(z.toJSONSchema(options, { target: 'draft-7', io: 'input', unrepresentable: 'any' })),
  );
  const properties = isJsonObject(json) && isJsonObject(json['properties']) ? json['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => [key, isJsonObject(property) ? shown(property) : {}]),
  );
}

function shown(property: JsonObject): JsonObject {
  const kept = SHOWN.filter(
    (key) => property[key] !== undefined && Math.abs(Number(property[key])) !== MAX_EXACT,
  );
  return Object.fromEntries(kept.map((key) => [key, property[key] ?? null]));
}

/** The generator's limit of whole numbers, which tells nobody anything. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
