import { ConfigError } from '../errors.ts';
import { defined } from '../model/defined.ts';
import type { EvaluatorSpec } from '../model/evaluation.ts';
import { isJsonObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import { assertSet } from './assertSet.ts';
import type { Evaluator, EvaluatorDefinition, EvaluatorDeps } from './evaluator.ts';
import { HEURISTIC } from './heuristic/heuristicDefinitions.ts';
import { judgeDefinitions } from './judge/judgeDefinitions.ts';
import { LEXICAL } from './lexical/lexicalDefinitions.ts';
import { resolveFileValues } from './options/fileValue.ts';
import { checkOptions, isOptionKey, nearest } from './options/optionCheck.ts';
import { withTransform } from './output/transformedOutput.ts';
import { negate } from './score.ts';
import { uniqueNames } from './specs/names.ts';
import { ALIASES } from './specs/typeNames.ts';
import { UNSUPPORTED_TYPES, UnsupportedEvaluatorError } from './specs/unsupported.ts';

let types: ReadonlyMap<string, EvaluatorDefinition> | undefined;

/** Every evaluator type by its name, in the order of the stages. */
export function evaluatorTypes(): ReadonlyMap<string, EvaluatorDefinition> {
  types ??= new Map(
    [...HEURISTIC, assertSet(createEvaluators), ...LEXICAL, ...judgeDefinitions].map((definition) => [
      definition.type,
      definition,
    ]),
  );
  return types;
}

/**
 * The definition of a type or of one of its other names. Throws UnsupportedEvaluatorError for a type that
 * only promptfoo has, and ConfigError with the nearest names for one that nobody has.
 */
export function evaluatorDefinition(
  type: string,
  where?: SourceLocation,
  noun: 'evaluator' | 'assertion type' = 'evaluator',
): EvaluatorDefinition {
  const known = evaluatorTypes();
  const definition = known.get(type) ?? known.get(ALIASES.get(type) ?? '');
  if (definition) return definition;
  if (UNSUPPORTED_TYPES.has(type) || type.startsWith('promptfoo:')) {
    throw new UnsupportedEvaluatorError(type, where, `the ${noun} "${type}"`);
  }

  const guesses = nearest(type, [...known.keys(), ...ALIASES.keys()]);
  throw new ConfigError(`there is no ${noun} "${type}"`, {
    where,
    remedy:
      guesses.length > 0
        ? `Did you mean ${guesses.join(', ')}?`
        : `Choose one of: ${[...known.keys()].join(', ')}`,
  });
}

/** Whether a type, which may have `not-` before it, has an option of that name. False for a type that nobody knows. */
export function hasOption(type: string, key: string): boolean {
  const plain = type.replace(/^not-/, '');
  const known = evaluatorTypes();
  const definition = known.get(plain) ?? known.get(ALIASES.get(plain) ?? '');
  return definition !== undefined && isOptionKey(definition, key);
}

/**
 * Compiles the evaluators of a suite, a case or a prompt file once; their names become unique. Throws
 * ConfigError for options that cannot be used and UnsupportedEvaluatorError for types that are not supported.
 */
export function createEvaluators(specs: readonly EvaluatorSpec[], deps: EvaluatorDeps): Evaluator[] {
  return uniqueNames(specs).map((spec) => createEvaluator(spec, deps));
}

function createEvaluator(spec: EvaluatorSpec, deps: EvaluatorDeps): Evaluator {
  const definition = evaluatorDefinition(spec.type, spec.location);
  const options = checkOptions({ ...spec, options: resolveFileValues(spec, definition, deps) }, definition);
  const evaluate = definition.create(spec, options, deps);
  const turned = spec.negated && !definition.negates ? turnRound(evaluate) : evaluate;
  const compares = definition.compares?.(options) ?? false;
  const ranks = definition.ranks?.(options);

  return {
    spec,
    stage: definition.stage,
    evaluate: withTransform(spec, turned, deps),
    ...(hasOwnThreshold(definition, options) ? { ownThreshold: true } : {}),
    ...defined({ compares, ranks }),
  };
}

function hasOwnThreshold({ ownThreshold }: EvaluatorDefinition, options: unknown): boolean {
  if (ownThreshold) return true;
  return (
    isJsonObject(options) && [options['min'], options['threshold']].some((one) => typeof one === 'number')
  );
}

function turnRound(evaluate: Evaluator['evaluate']): Evaluator['evaluate'] {
  return (input, context) => {
    const score = evaluate(input, context);
    return score instanceof Promise ? score.then(negate) : negate(score);
  };
}
