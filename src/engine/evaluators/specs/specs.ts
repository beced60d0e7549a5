import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { assertionOptions, refuseUnknownKeys } from '../options/assertionOptions.ts';
import {
  checkBesideFiles,
  checkOptions,
  OptionError,
  type OptionWords,
  optionKeys,
} from '../options/optionCheck.ts';
import { evaluatorDefinition } from '../registry.ts';
import { uniqueNames } from './names.ts';

/** Keys that every evaluator takes, beside its type or among its options. */
const COMMON_KEYS = ['weight', 'metric', 'name', 'not', 'bulkhead'] as const;
const COMMON: ReadonlySet<string> = new Set(COMMON_KEYS);

interface Common {
  weight: number;
  metric?: string;
  name?: string;
  not: boolean;
  bulkhead?: string;
}

/**
 * One entry of a suite's `evaluators`: `is-json`, `contains: refund`, `is-json: { schema: … }`, each with
 * `weight`, `metric`, `name` or `not` if wanted, or promptfoo's form `{ type, value }`. `not-` before a type
 * turns it round. Throws ConfigError or UnsupportedEvaluatorError with the given place.
 */
export function parseSuiteEvaluator(value: JsonValue, location: SourceLocation): EvaluatorSpec {
  if (typeof value === 'string') return build(value, {}, readCommon({}, location), location);
  if (!isJsonObject(value)) throw malformed(location);
  if (typeof value['type'] === 'string') return parseAssertion(value, location);
  const types = Object.keys(value).filter((key) => !COMMON.has(key));
  const written = types[0];
  if (written === undefined || types.length > 1) throw malformed(location);
  const { definition } = resolveType(written, location);
  const { options: given, inner } = splitOptions(value[written] ?? null, definition, written, location);
  const options = definition.type === 'assert-set' ? { ...given, ...setOptions(given, location) } : given;
  return build(written, options, readCommon({ ...value, ...inner }, location), location);
}

/**
 * An assertion in promptfoo's form: `{ type, value, threshold, weight, metric, provider, rubricPrompt, config }`, with
 * options of the type under their own names, too.
 */
export function parseAssertion(value: JsonObject, location: SourceLocation): EvaluatorSpec {
  const written = value['type'];
  if (typeof written !== 'string') {
    throw new ConfigError('an assertion needs a "type"', {
      where: location,
      remedy: 'For example: { type: contains, value: refund }',
    });
  }

  const { definition } = resolveType(written, location, 'assertion type');
  const isSet = definition.type === 'assert-set';
  if (isSet) refuseUnknownKeys(value, definition, location);
  const options = isSet ? setOptions(value, location) : assertionOptions(value, definition, location);
  const spec = build(
    written,
    options,
    readCommon(withoutOptions(value, definition), location),
    location,
    wordsOf(written, definition),
  );
  const { transform } = value;
  if (transform === undefined) return spec;
  if (typeof transform !== 'string' || definition.type === 'assert-set')
    throw new ConfigError('"transform" must be JavaScript, and cannot be used on an assert-set', {
      where: location,
    });

  return { ...spec, transform };
}

/** A common key that the type has an option of is that option. */
function withoutOptions(value: JsonObject, definition: EvaluatorDefinition): JsonObject {
  const own = optionKeys(definition);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !COMMON.has(key) || !own.includes(key)));
}

/** The members of a set, parsed: `{ type: assert-set, assert: [ … ], threshold }`. */
function setOptions({ assert, threshold }: JsonObject, where: SourceLocation): JsonObject {
  if (!Array.isArray(assert) || assert.length === 0) {
    throw new ConfigError('an assert-set needs a list of assertions in "assert"', { where });
  }
  const specs = assert.map((item, index) => {
    if (isJsonObject(item) && item['type'] !== 'assert-set') return parseMember(item, index, where);
    throw new ConfigError('an assert-set contains assertions, not other sets', { where });
  });
  // Specs are plain data: what is stored of them can be read back.
  return JSON.parse(JSON.stringify({ assert: uniqueNames(specs), ...defined({ threshold }) }));
}

function parseMember(item: JsonObject, index: number, where: SourceLocation): EvaluatorSpec {
  try {
    return parseAssertion(item, where);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const { message, at, remedy } = error;
    throw new OptionError(message, ['assert', index, ...at], {
      where,
      remedy,
    });
  }
}

function build(
  written: string,
  options: JsonObject,
  common: Common,
  location: SourceLocation,
  words?: OptionWords,
): EvaluatorSpec {
  const { definition, negated } = resolveType(written, location);
  const turned = negated !== common.not;
  const spec: EvaluatorSpec = {
    type: definition.type,
    name: common.name ?? (turned ? `not-${definition.type}` : definition.type),
    negated: turned,
    options,
    weight: common.weight,
    ...defined({ metric: common.metric, bulkhead: common.bulkhead }),
    location,
  };
  // What stands in files is read, and checked, when the evaluator is created.
  const pending = fileKeys(options);
  if (pending.size === 0) checkOptions(spec, definition, words);
  else checkBesideFiles(spec, definition, words, pending);

  return spec;
}

/** promptfoo's names of the options that its assertions set. */
function wordsOf(type: string, { shorthand }: EvaluatorDefinition): OptionWords {
  const keys = new Map([
    ['min', 'threshold'],
    ['model', 'provider'],
    ['prompt', 'rubricPrompt'],
  ]);
  if (shorthand !== undefined) keys.set(shorthand, 'value');
  return { type, keys };
}

function resolveType(
  written: string,
  location: SourceLocation,
  noun?: 'assertion type',
): { definition: EvaluatorDefinition; negated: boolean } {
  const negated = written.startsWith('not-');
  return { definition: evaluatorDefinition(negated ? written.slice(4) : written, location, noun), negated };
}

/** Options proper, and the common keys found among them (unless the type has an option of that name). */
function splitOptions(
  value: JsonValue,
  definition: EvaluatorDefinition,
  written: string,
  location: SourceLocation,
): { options: JsonObject; inner: JsonObject } {
  if (value === null) return { options: {}, inner: {} };
  if (!isJsonObject(value)) {
    if (definition.shorthand !== undefined) return { options: { [definition.shorthand]: value }, inner: {} };
    throw new ConfigError(`${written} takes options, not a bare value`, {
      where: location,
      remedy: `It takes: ${optionKeys(definition).join(', ') || 'nothing'}`,
    });
  }

  const own = new Set(optionKeys(definition));
  const entries = Object.entries(value);
  const isCommon = (key: string): boolean => COMMON.has(key) && !own.has(key);

  return {
    options: Object.fromEntries(entries.filter(([key]) => !isCommon(key))),
    inner: Object.fromEntries(entries.filter(([key]) => isCommon(key))),
  };
}

function readCommon(value: JsonObject, where: SourceLocation): Common {
  const { weight, metric, name, not, bulkhead } = value;
  const wrong = (key: string, expected: string): ConfigError =>
    new ConfigError(`"${key}" must be ${expected}`, { where });
  if (weight !== undefined && (typeof weight !== 'number' || !(weight >= 0) || weight === Infinity)) {
    throw wrong('weight', 'a number, 0 or more');
  }
  if (metric !== undefined && typeof metric !== 'string') throw wrong('metric', 'a string');
  if (name !== undefined && (typeof name !== 'string' || name === '')) throw wrong('name', 'a string');
  if (not !== undefined && typeof not !== 'boolean') throw wrong('not', 'true or false');
  if (bulkhead !== undefined && (typeof bulkhead !== 'string' || bulkhead === ''))
    throw wrong('bulkhead', 'the name of a bulkhead');

  return {
    weight: weight ?? 1,
    not: not ?? false,
    ...defined({ metric, name, bulkhead }),
  };
}

/** Values that stand in a file are checked when the evaluator is created. */
function fileKeys(options: JsonObject): ReadonlySet<string> {
  const files = Object.entries(options).filter(
    ([, value]) => typeof value === 'string' && value.startsWith('file://'),
  );
  return new Set(files.map(([key]) => key));
}

function malformed(where: SourceLocation): ConfigError {
  return new ConfigError('an evaluator must be a type, or one type with its options', {
    where,
    remedy: 'For example: - is-json, or - contains: refund, or - is-json: { schema: answer.schema.json }',
  });
}
