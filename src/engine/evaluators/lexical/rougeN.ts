import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';
import { countNgrams, f1, overlap } from './ngrams.ts';
import { minimum, NO_REFERENCE, references, referenceValue } from './referenceTexts.ts';
import { treebankTokens } from './treebank.ts';

const options = z.strictObject({
  value: referenceValue,
  n: z.number().int().min(1).max(9).default(1).describe('Length of the compared word sequences. Default: 1.'),
  min: minimum(0.75),
});

/** F1 of clipped n-gram counts (Lin 2004, https://aclanthology.org/W04-1013), over Treebank tokens in lower case. */
export const rougeN: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'rouge-n',
  stage: 'lexical',
  summary: 'Overlap of sequences of n words between output and reference, as F1 (ROUGE-N).',
  options,
  shorthand: 'value',
  create: (_spec, { value, n, min }) => {
    return (input) => {
      const texts = references(value, input);
      if (texts.length === 0) return notApplicable(NO_REFERENCE);
      const score = Math.max(...texts.map((reference) => rouge(input.output.text, reference, n)));
      return graded(score, min, `ROUGE-${n} ${score.toFixed(3)}, at least ${min} expected`);
    };
  },
};

function rouge(candidate: string, reference: string, n: number): number {
  const left = treebankTokens(candidate.toLowerCase());
  const right = treebankTokens(reference.toLowerCase());
  const common = overlap(countNgrams(left, n), countNgrams(right, n));
  return f1(common, Math.max(0, left.length - n + 1), Math.max(0, right.length - n + 1));
}
