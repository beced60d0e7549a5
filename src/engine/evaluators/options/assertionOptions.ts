import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { AssertionParts, EvaluatorDefinition } from '../evaluator.ts';
import { UnsupportedEvaluatorError } from '../specs/unsupported.ts';
import { isOptionKey, nearest, OptionError, optionKeys } from './optionCheck.ts';

/** Keys of every assertion; the first nine are promptfoo's. An option of the type with the same name goes first. */
export const ASSERTION_KEYS = [
  'type',
  'value',
  'threshold',
  'weight',
  'metric',
  'provider',
  'rubricPrompt',
  'transform',
  'config',
  'name',
  'not',
  'bulkhead',
] as const;

const SET_KEYS = [
  'type',
  'assert',
  'threshold',
  'weight',
  'metric',
  'config',
  'name',
  'not',
  'bulkhead',
] as const;

/** Keys whose meaning `fromAssertion` decides. `type` is that of the evaluator, whatever options it has. */
const WITH_MEANING: ReadonlySet<string> = new Set(['type', 'value', 'threshold', 'provider', 'rubricPrompt']);

/** Keys of an assertion, and of its `config`, that nobody reads. */
export function unknownKeys(
  assertion: JsonObject,
  definition: EvaluatorDefinition,
): { key: string; inConfig: boolean }[] {
  const keys = Object.keys(assertion).filter((key) => !isKnownKey(key, definition));
  const { config } = assertion;
  const configured = isOwnConfig(definition) || !isJsonObject(config) ? [] : Object.keys(config);
  return [
    ...keys.map((key) => ({ key, inConfig: false })),
    ...configured.filter((key) => !isOptionKey(definition, key)).map((key) => ({ key, inConfig: true })),
  ];
}

/** Says which key of an assertion nobody reads, and what was most likely meant. Throws OptionError. */
export function refuseUnknownKeys(
  assertion: JsonObject,
  definition: EvaluatorDefinition,
  where: SourceLocation,
): void {
  const [unknown] = unknownKeys(assertion, definition);
  if (unknown === undefined) return;
  const { key, inConfig } = unknown;
  const known = inConfig ? optionKeys(definition) : knownKeys(definition);
  const guess = nearest(key, known)[0];
  throw new OptionError(
    `${definition.type} has no option "${key}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`,
    inConfig ? ['config', key] : [key],
    { where, remedy: remedyOf(definition) },
  );
}

/**
 * The options of a type from an assertion: what promptfoo's keys mean for it, and options by their own names, beside the
 * type or in `config`. Throws OptionError, ConfigError or UnsupportedEvaluatorError.
 */
export function assertionOptions(
  assertion: JsonObject,
  definition: EvaluatorDefinition,
  where: SourceLocation,
): JsonObject {
  const keys = optionKeys(definition);
  if (assertion['contextTransform'] !== undefined && !keys.includes('contextTransform')) {
    throw new UnsupportedEvaluatorError(definition.type, where, `"contextTransform" of ${definition.type}`);
  }
  refuseUnknownKeys(assertion, definition, where);

  const derive = definition.fromAssertion ?? ((parts) => byConvention(parts, definition, where));
  const options = derive(readParts(assertion, definition, where));
  const defaults = derive({});
  const isGiven = (key: string): boolean =>
    options[key] !== undefined && !isDeepStrictEqual(options[key], defaults[key]);

  for (const { key, value, at } of writtenOptions(assertion, definition, options)) {
    if (isGiven(key) && !isDeepStrictEqual(options[key], value)) {
      throw new OptionError(`${definition.type}: "${key}" is set twice`, at, {
        where,
        remedy: 'Set it once.',
      });
    }
    options[key] = value;
  }

  return options;
}

interface WrittenOption {
  key: string;
  value: JsonValue;
  at: string[];
}

/** Options under their own names. One that promptfoo's key of the same name has given already is left out. */
function writtenOptions(
  assertion: JsonObject,
  definition: EvaluatorDefinition,
  derived: JsonObject,
): WrittenOption[] {
  const config = isOwnConfig(definition) ? {} : assertion['config'];
  return optionKeys(definition).flatMap((key) => {
    const beside = key === 'type' ? undefined : assertion[key];
    const within = isJsonObject(config) ? config[key] : undefined;
    const hasMeaning = WITH_MEANING.has(key) || (key === 'config' && isOwnConfig(definition));
    return [
      ...(beside === undefined || (hasMeaning && derived[key] !== undefined)
        ? []
        : [{ key, value: beside, at: [key] }]),
      ...(within === undefined ? [] : [{ key, value: within, at: ['config', key] }]),
    ];
  });
}

/** Scripts have an option `config`, which is theirs to read. */
function isOwnConfig(definition: EvaluatorDefinition): boolean {
  return isOptionKey(definition, 'config');
}

function isKnownKey(key: string, definition: EvaluatorDefinition): boolean {
  const isSet = definition.type === 'assert-set';
  const always: readonly string[] = isSet ? SET_KEYS : ASSERTION_KEYS;
  return always.includes(key) || (!isSet && isOptionKey(definition, key));
}

function knownKeys(definition: EvaluatorDefinition): string[] {
  if (definition.type === 'assert-set') return [...SET_KEYS];
  return [...new Set([...optionKeys(definition), ...ASSERTION_KEYS])];
}

function remedyOf(definition: EvaluatorDefinition): string {
  if (definition.type === 'assert-set') return `It takes: ${SET_KEYS.join(', ')}`;
  const own = optionKeys(definition);
  const options = own.length === 0 ? 'no options of its own' : `the options ${own.join(', ')}`;
  return `${definition.type} takes ${options}; every assertion takes ${ASSERTION_KEYS.join(', ')}.`;
}

function readParts(
  assertion: JsonObject,
  definition: EvaluatorDefinition,
  where: SourceLocation,
): AssertionParts {
  const { value, threshold, provider, rubricPrompt, config } = assertion;
  if (threshold !== undefined && typeof threshold !== 'number') {
    throw new OptionError('"threshold" must be a number', ['threshold'], { where });
  }
  if (config !== undefined && !isJsonObject(config)) {
    throw new OptionError('"config" must be a map', ['config'], { where });
  }

  return {
    ...defined({ value, threshold, provider, rubricPrompt }),
    ...(config === undefined || !isOwnConfig(definition) ? {} : { config }),
  };
}

function byConvention(
  { value, threshold, provider, rubricPrompt }: AssertionParts,
  definition: EvaluatorDefinition,
  where: SourceLocation,
): JsonObject {
  const keys = new Set(optionKeys(definition));
  const options: JsonObject = {};
  if (value !== undefined) {
    if (definition.shorthand === undefined) {
      throw new ConfigError(`${definition.type} takes no value`, { where, remedy: remedyOf(definition) });
    }
    options[definition.shorthand] = value;
  }

  // promptfoo ignores a threshold, provider or prompt on a type that has no use for it.
  if (threshold !== undefined && keys.has('min')) options['min'] = threshold;
  if (provider !== undefined && keys.has('model')) options['model'] = provider;
  if (rubricPrompt !== undefined && keys.has('prompt')) options['prompt'] = rubricPrompt;

  return options;
}
