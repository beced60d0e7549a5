import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { AssertionParts, EvaluatorDefinition } from './evaluator.ts';
import { optionKeys } from './optionCheck.ts';
import { UnsupportedEvaluatorError } from './unsupported.ts';

/** The options of a type from a promptfoo assertion. Throws ConfigError or UnsupportedEvaluatorError. */
export function assertionOptions(
  assertion: JsonObject,
  definition: EvaluatorDefinition,
  where: SourceLocation,
): JsonObject {
  if (assertion['contextTransform'] !== undefined && !optionKeys(definition).includes('contextTransform')) {
    throw new UnsupportedEvaluatorError(definition.type, where, `"contextTransform" of ${definition.type}`);
  }
  const parts = readParts(assertion, where);
  const own = (definition.assertionKeys ?? []).flatMap((key) => {
    const value = assertion[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const options = definition.fromAssertion?.(parts) ?? byConvention(parts, definition, where);
  return { ...options, ...Object.fromEntries(own) };
}

function readParts(assertion: JsonObject, where: SourceLocation): AssertionParts {
  const { value, threshold, provider, rubricPrompt, config, contextTransform, embeddings } = assertion;
  if (threshold !== undefined && typeof threshold !== 'number') {
    throw new ConfigError('"threshold" must be a number', { where });
  }
  if (config !== undefined && !isJsonObject(config))
    throw new ConfigError('"config" must be a map', { where });
  if (contextTransform !== undefined && typeof contextTransform !== 'string')
    throw new ConfigError('"contextTransform" must be JavaScript, as a text', { where });
  return {
    ...(contextTransform === undefined ? {} : { contextTransform }),
    ...(embeddings === undefined ? {} : { embeddings }),
    ...(value === undefined ? {} : { value }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(provider === undefined ? {} : { provider }),
    ...(rubricPrompt === undefined ? {} : { rubricPrompt }),
    ...(config === undefined ? {} : { config }),
  };
}

function byConvention(
  { value, threshold, provider, rubricPrompt, config }: AssertionParts,
  definition: EvaluatorDefinition,
  where: SourceLocation,
): JsonObject {
  const keys = new Set(optionKeys(definition));
  const options: JsonObject = {};
  if (value !== undefined) {
    if (definition.shorthand === undefined) {
      throw new ConfigError(`${definition.type} takes no value`, { where });
    }
    options[definition.shorthand] = value;
  }
  // promptfoo ignores a threshold, provider or prompt on a type that has no use for it.
  if (threshold !== undefined && keys.has('min')) options['min'] = threshold;
  if (provider !== undefined && keys.has('model')) options['model'] = provider;
  if (rubricPrompt !== undefined && keys.has('prompt')) options['prompt'] = rubricPrompt;
  for (const [key, item] of Object.entries(config ?? {})) if (keys.has(key)) options[key] = item;
  return options;
}
