import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable, unmeasured } from '../score.ts';
import { f1 } from './ngrams.ts';
import { minimum, NO_REFERENCE, references, referenceValue } from './referenceTexts.ts';
import { treebankTokens } from './treebank.ts';

/** Largest product of word counts that is computed: some tenths of a second. */
const MAX_CELLS = 5e7;

const options = z.strictObject({ value: referenceValue, min: minimum(0.75) });

/**
 * F1 of the longest common subsequence of words (Lin 2004, https://aclanthology.org/W04-1013), over the tokens of
 * ROUGE-N, so that it never exceeds ROUGE-1.
 */
export const rougeL: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'rouge-l',
  stage: 'lexical',
  summary: 'The longest sequence of words that output and reference share in order, as F1 (ROUGE-L).',
  options,
  shorthand: 'value',
  create: (_spec, { value, min }) => {
    return (input) => {
      const texts = references(value, input);
      if (texts.length === 0) return notApplicable(NO_REFERENCE);
      const left = treebankTokens(input.output.text.toLowerCase());
      let best = 0;
      for (const reference of texts) {
        const right = treebankTokens(reference.toLowerCase());
        if (left.length * right.length > MAX_CELLS) return unmeasured('the texts are too long for ROUGE-L');
        best = Math.max(best, f1(commonLength(left, right), left.length, right.length));
      }
      return graded(best, min, `ROUGE-L ${best.toFixed(3)}, at least ${min} expected`);
    };
  },
};

/** Length of the longest common subsequence; time |left|·|right|, memory |right|. */
function commonLength(left: readonly string[], right: readonly string[]): number {
  const row = new Uint32Array(right.length + 1);
  for (const word of left) {
    let diagonal = 0;
    for (let at = 1; at <= right.length; at++) {
      const above = row[at] ?? 0;
      row[at] = right[at - 1] === word ? diagonal + 1 : Math.max(above, row[at - 1] ?? 0);
      diagonal = above;
    }
  }
  return row[right.length] ?? 0;
}
