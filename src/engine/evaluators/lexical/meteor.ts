import { stemmer } from 'stemmer';
import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';
import { minimum, NO_REFERENCE, references, referenceValue } from './referenceTexts.ts';
import { hasUnspacedScript, words } from './words/words.ts';

/** Longer runs of letters are no words of a language, and the stemmer would take long over them. */
const MAX_WORD = 40;

const options = z.strictObject({
  value: referenceValue,
  min: minimum(0.5),
  alpha: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('Weight of recall against precision, 0–1. Default: 0.9.'),
  beta: z.number().min(0).default(3).describe('Exponent of the penalty for scattered matches. Default: 3.'),
  gamma: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Maximum penalty for scattered matches, 0–1. Default: 0.5.'),
});

type Options = z.infer<typeof options>;
/** Places of two words that match: in the output, in the reference. */
type Match = readonly [number, number];

/**
 * METEOR (Banerjee and Lavie 2005, https://aclanthology.org/W05-0909; parameters of Lavie and Agarwal 2007,
 * https://aclanthology.org/W07-0734) with its first two modules, equal words and equal Porter stems, of the best
 * reference. The third, synonyms of WordNet, would need its dictionary. Words stand between spaces, in lower case and
 * without a full stop at their end.
 */
export const meteor: EvaluatorDefinition<Options> = {
  type: 'meteor',
  stage: 'lexical',
  summary:
    'Words shared with the references, including inflected forms, with a penalty for a different order (METEOR).',
  options,
  shorthand: 'value',
  create: (_spec, { value, min, ...weights }) => {
    return (input) => {
      const texts = references(value, input);
      if (texts.length === 0) return notApplicable(NO_REFERENCE);
      const candidate = tokens(input.output.text);
      const score = Math.max(...texts.map((text) => meteorScore(candidate, tokens(text), weights)));
      return graded(score, min, `METEOR ${score.toFixed(3)} without synonyms, at least ${min} expected`);
    };
  },
};

function meteorScore(
  candidate: readonly string[],
  reference: readonly string[],
  { alpha, beta, gamma }: Pick<Options, 'alpha' | 'beta' | 'gamma'>,
): number {
  const matches = align(candidate, reference);
  if (matches.length === 0) return 0;
  const precision = matches.length / candidate.length;
  const recall = matches.length / reference.length;
  const mean = (precision * recall) / (alpha * precision + (1 - alpha) * recall);
  return (1 - gamma * (chunks(matches) / matches.length) ** beta) * mean;
}

/** Equal words first, then equal stems of what is left; from the end, each with the last that is free. */
function align(candidate: readonly string[], reference: readonly string[]): Match[] {
  const equal = pairs(
    candidate.map((word, at) => [at, word]),
    reference.map((word, at) => [at, word]),
  );
  const used = [new Set(equal.map(([at]) => at)), new Set(equal.map(([, at]) => at))] as const;
  const left = (list: readonly string[], taken: ReadonlySet<number>): [number, string][] =>
    list.flatMap((word, at): [number, string][] => (taken.has(at) ? [] : [[at, stem(word)]]));
  const stemmed = pairs(left(candidate, used[0]), left(reference, used[1]));
  return [...equal, ...stemmed].sort((a, b) => a[0] - b[0]);
}

function pairs(candidate: readonly [number, string][], reference: readonly [number, string][]): Match[] {
  const places = new Map<string, number[]>();
  for (const [at, word] of reference) {
    const known = places.get(word);
    if (known) known.push(at);
    else places.set(word, [at]);
  }

  const found: Match[] = [];
  for (let index = candidate.length - 1; index >= 0; index--) {
    const [at, word] = candidate[index] ?? [0, ''];
    const place = places.get(word)?.pop();
    if (place !== undefined) found.push([at, place]);
  }

  return found;
}

/** Runs of matches that follow each other in both texts. */
function chunks(matches: readonly Match[]): number {
  return matches.filter(([left, right], index) => {
    const before = matches[index - 1];
    return !before || left !== before[0] + 1 || right !== before[1] + 1;
  }).length;
}

function tokens(text: string): readonly string[] {
  if (hasUnspacedScript(text)) return words(text);
  const parts = text.split(/\s+/).filter((part) => part !== '');
  return parts.map((word) => word.toLowerCase().replace(/(?<!\.)\.+$/, ''));
}

function stem(word: string): string {
  return word.length > MAX_WORD ? word : stemmer(word);
}
