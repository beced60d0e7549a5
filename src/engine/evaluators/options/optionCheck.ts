import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { issueText } from './issueText.ts';

/** How messages name a type and its options, where they were written in promptfoo's words. */
export interface OptionWords {
  type: string;
  keys: ReadonlyMap<string, string>;
}

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
  words?: OptionWords,
): Options {
  const parsed = definition.options.safeParse(spec.options);
  if (parsed.success) return parsed.data;
  throw optionProblem(spec, definition, words, parsed.error.issues[0]);
}

/** Throws as `checkOptions` does for what is wrong whatever the files hold that the options of `pending` keys name. */
export function checkBesideFiles(
  spec: EvaluatorSpec,
  definition: EvaluatorDefinition,
  words: OptionWords | undefined,
  pending: ReadonlySet<string>,
): void {
  const { error } = definition.options.safeParse(spec.options);
  const issue = error?.issues.find(({ code, path: [key] }) =>
    key === undefined ? code === 'unrecognized_keys' : !pending.has(String(key)),
  );
  if (issue) throw optionProblem(spec, definition, words, issue);
}

function optionProblem(
  spec: EvaluatorSpec,
  definition: Pick<EvaluatorDefinition, 'options'>,
  words: OptionWords = { type: spec.type, keys: new Map() },
  issue: z.core.$ZodIssue | undefined,
): ConfigError {
  const known = optionKeys(definition);
  const shown = [...new Set(known.map((key) => words.keys.get(key) ?? key))];
  return new ConfigError(describe(words, issue, shown), {
    where: spec.location,
    remedy: shown.length > 0 ? `${words.type} takes: ${shown.join(', ')}` : `${words.type} takes no options`,
  });
}

/** The option keys of a type, in the order in which they are declared. */
export function optionKeys(definition: Pick<EvaluatorDefinition, 'options'>): string[] {
  return definition.options instanceof z.ZodObject ? Object.keys(definition.options.shape) : [];
}

/** Whether a type has an option of that name. */
export function isOptionKey({ options }: Pick<EvaluatorDefinition, 'options'>, key: string): boolean {
  return options instanceof z.ZodObject && Object.hasOwn(options.shape, key);
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

function describe({ type, keys }: OptionWords, issue: z.core.$ZodIssue | undefined, known: string[]): string {
  if (!issue) return `${type} has options that are not valid`;
  const [first, ...rest] = issue.path.map(String);
  const key = first === undefined ? '' : [keys.get(first) ?? first, ...rest].join('.');
  if (issue.code === 'unrecognized_keys') {
    const wrong = issue.keys[0] ?? '';
    const guess = nearest(wrong, known)[0];
    return `${type} has no option "${key ? `${key}.` : ''}${wrong}"${guess ? `; did you mean "${guess}"?` : ''}`;
  }
  return key ? `${type}: "${key}" ${issueText(issue)}` : `${type} ${issueText(issue)}`;
}
