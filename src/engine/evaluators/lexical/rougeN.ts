import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { countNgrams, f1, overlap } from './ngrams.ts';
import { bestOf, gradedByReferences, minimum, referenceValue } from './referenceTexts.ts';
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
  create: (_spec, { n, ...given }) =>
    gradedByReferences(
      `ROUGE-${n}`,
      given,
      bestOf(lowerTokens, (left, right) => rouge(left, right, n)),
    ),
};

function lowerTokens(text: string): readonly string[] {
  return treebankTokens(text.toLowerCase());
}

function rouge(left: readonly string[], right: readonly string[], n: number): number {
  const common = overlap(countNgrams(left, n), countNgrams(right, n));
  return f1(common, Math.max(0, left.length - n + 1), Math.max(0, right.length - n + 1));
}
