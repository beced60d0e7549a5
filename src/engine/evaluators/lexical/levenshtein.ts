import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import type { Score } from '../../model/evaluation.ts';
import { counted } from '../../model/figures.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { binary, graded, notApplicable, unmeasured } from '../score.ts';
import { NO_REFERENCE, references, singleReference } from './referenceTexts.ts';

/** Largest product of lengths that is computed: some tenths of a second. */
const MAX_CELLS = 4e9;
const DEFAULT_MAX = 5;

const options = z.strictObject({
  value: singleReference,
  max: z.number().min(0).optional().describe('Maximum number of edits. Default: 5, unless min is set.'),
  min: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Instead of max: minimum similarity, 0–1, which is one minus edits per character of the longer text.',
    ),
});

/** Edits are insertions, deletions and substitutions of UTF-16 code units (Levenshtein 1966). */
export const levenshtein: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'levenshtein',
  stage: 'lexical',
  summary: 'The edit distance between the output and the reference is at most max.',
  options,
  shorthand: 'value',
  fromAssertion: ({ value, threshold }) => ({
    ...defined({ value, max: threshold }),
  }),
  create: (_spec, { value, max, min }) => {
    return (input) => {
      const reference = references(value, input)[0];
      if (reference === undefined) return notApplicable(NO_REFERENCE);
      return compare(input.output.text, reference, max, min);
    };
  },
};

function compare(text: string, reference: string, max: number | undefined, min: number | undefined): Score {
  const longest = Math.max(text.length, reference.length);
  if (text.length * reference.length > MAX_CELLS) {
    return unmeasured(
      `strings of ${text.length.toLocaleString('en-US')} and ${reference.length.toLocaleString('en-US')} characters are too long to compare`,
    );
  }

  const edits = distance(text, reference);
  const similarity = longest === 0 ? 1 : 1 - edits / longest;
  if (min !== undefined) {
    const score = graded(similarity, min, `similarity ${similarity.toFixed(2)}, at least ${min} expected`);
    return max !== undefined && edits > max ? { ...score, ...binary(false, tooFar(edits, max)) } : score;
  }

  const limit = max ?? DEFAULT_MAX;
  return binary(edits <= limit, edits <= limit ? `${edits} edits` : tooFar(edits, limit));
}

function tooFar(edits: number, max: number): string {
  return `${counted(edits, 'edit')} away, at most ${max} allowed`;
}
