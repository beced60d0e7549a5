import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';
import { countNgrams, f1, overlap } from './ngrams.ts';
import { minimum, NO_REFERENCE, references, referenceValue } from './referenceTexts.ts';
import { hasUnspacedScript, words } from './words/words.ts';

/** `\b` knows ASCII alone and would find an article in “mía”. */
const ARTICLE = /(?<![\p{L}\p{N}\p{M}_])(?:a|an|the)(?![\p{L}\p{N}\p{M}_])/gu;

const options = z.strictObject({ value: referenceValue, min: minimum(0.5) });

/**
 * F1 over the bag of words as in SQuAD (Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250): lower case,
 * without punctuation and the articles a, an, the. The best of several references counts.
 */
export const tokenF1: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'token-f1',
  stage: 'lexical',
  summary: 'The share of words that output and reference have in common, as F1 (SQuAD).',
  options,
  shorthand: 'value',
  create: (_spec, { value, min }) => {
    return (input) => {
      const texts = references(value, input);
      if (texts.length === 0) return notApplicable(NO_REFERENCE);
      const left = tokens(input.output.text);
      const score = Math.max(...texts.map((reference) => compare(left, tokens(reference))));
      return graded(score, min, `F1 ${score.toFixed(3)}, at least ${min} expected`);
    };
  },
};

/** Two texts without any word left are equal; one such text against another has nothing in common with it. */
function compare(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return left.length === right.length ? 1 : 0;
  return f1(overlap(countNgrams(left, 1), countNgrams(right, 1)), left.length, right.length);
}

function tokens(text: string): readonly string[] {
  if (hasUnspacedScript(text)) return words(text);
  return text
    .toLowerCase()
    .replace(/\p{P}|[$+<=>^`|~]/gu, '')
    .replace(ARTICLE, ' ')
    .split(/\s+/)
    .filter((token) => token !== '');
}
