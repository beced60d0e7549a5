import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import type { EvaluatorSpec } from '../model/evaluation.ts';
import type { EvaluatorDefinition } from './evaluator.ts';

/** An option that cannot be used; `at` is where it stands within the entry. */
export class OptionError extends ConfigError {
  readonly at: readonly (string | number)[];

  constructor(
    what: string,
    at: readonly (string | number)[],
    options: ConstructorParameters<typeof ConfigError>[1],
  ) {
    super(what, options);
    this.at = at;
  }
}

/** The options with their defaults. Throws a ConfigError that names the key and what it should be. */
export function checkOptions<Options>(
  spec: EvaluatorSpec,
  definition: EvaluatorDefinition<Options>,
): Options {
  const parsed = definition.options.safeParse(spec.options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const known = optionKeys(definition);
  throw new ConfigError(describe(spec, issue, known), {
    ...(spec.location ? { where: spec.location } : {}),
    remedy: known.length > 0 ? `${spec.type} takes: ${known.join(', ')}` : `${spec.type} takes no options`,
  });
}

/** The option keys of a type, in the order in which they are declared. */
export function optionKeys(definition: Pick<EvaluatorDefinition, 'options'>): string[] {
  return definition.options instanceof z.ZodObject ? Object.keys(definition.options.shape) : [];
}

/** The names that a mistyped name most likely meant, nearest first. */
export function nearest(name: string, candidates: Iterable<string>): string[] {
  return [...candidates]
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function describe(spec: EvaluatorSpec, issue: z.core.$ZodIssue | undefined, known: string[]): string {
  if (!issue) return `${spec.type} has options that cannot be used`;
  const key = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const wrong = issue.keys[0] ?? '';
    const guess = nearest(wrong, known)[0];
    return `${spec.type} has no option "${key ? `${key}.` : ''}${wrong}"${guess ? `; did you mean "${guess}"?` : ''}`;
  }
  const message = issue.message.replace(/^Invalid input: /, '');
  return key ? `${spec.type}: "${key}" is wrong: ${message}` : `${spec.type}: ${message}`;
}
