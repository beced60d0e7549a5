import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';
import { countNgrams, overlap } from './ngrams.ts';
import { minimum, NO_REFERENCE, references, referenceValue } from './referenceTexts.ts';
import { hasUnspacedScript, words } from './words/words.ts';

const MAX_ORDER = 4;

const options = z.strictObject({ value: referenceValue, min: minimum(0.5) });

/**
 * Sentence-level GLEU (Wu et al. 2016, https://arxiv.org/abs/1609.08144, section 3.3): the smaller of precision and
 * recall over all runs of one to four words, of the best reference. Words stand between spaces, in lower case and
 * without a full stop at their end.
 */
export const gleu: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'gleu',
  stage: 'lexical',
  summary:
    'Precision or recall, whichever is smaller, of word sequences (one to four words) against the references (Google BLEU).',
  options,
  shorthand: 'value',
  create: (_spec, { value, min }) => {
    return (input) => {
      const texts = references(value, input);
      if (texts.length === 0) return notApplicable(NO_REFERENCE);
      const candidate = tokens(input.output.text);
      const score = Math.max(...texts.map((reference) => gleuScore(candidate, tokens(reference))));
      return graded(score, min, `GLEU ${score.toFixed(3)}, at least ${min} expected`);
    };
  },
};

function gleuScore(candidate: readonly string[], reference: readonly string[]): number {
  let common = 0;
  let left = 0;
  let right = 0;
  for (let n = 1; n <= MAX_ORDER; n++) {
    common += overlap(countNgrams(candidate, n), countNgrams(reference, n));
    left += Math.max(0, candidate.length - n + 1);
    right += Math.max(0, reference.length - n + 1);
  }
  return left === 0 || right === 0 ? 0 : common / Math.max(left, right);
}

function tokens(text: string): readonly string[] {
  if (hasUnspacedScript(text)) return words(text);
  const split = text.toLowerCase().trim().split(/\s+/).map(withoutStop);
  return split.some((word) => word !== '') ? split : [];
}

function withoutStop(word: string): string {
  let end = word.length;
  while (word[end - 1] === '.') end--;
  return word.slice(0, end);
}
