import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { graded, notApplicable } from '../score.ts';
import { findPhrases } from './words/phrases.ts';

const DEFAULT_MIN = 0.7;

const options = z.strictObject({
  min: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Minimum share of the concepts that must occur. Default: min_relevance of the case, or 0.7.'),
  concepts: z
    .array(z.string().min(1))
    .optional()
    .describe('Words or phrases that should occur. Default: expected_concepts of the case.'),
});

/** Says nothing of negation: "no refund" contains the concept "refund". That is a judge's task. */
export const concepts: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'concepts',
  stage: 'lexical',
  summary: 'The share of the expected words and phrases that occur in the output, in any inflection.',
  options,
  shorthand: 'min',
  create(_spec, { min, concepts: own }) {
    return ({ case: golden, output }) => {
      const expected = own ?? golden.expected_output?.expected_concepts ?? [];
      const { found, missing } = findPhrases(expected, output.text);
      const all = found.length + missing.length;
      if (all === 0) return notApplicable('the case has no expected concepts');
      const limit = min ?? golden.evaluation_criteria?.min_relevance ?? DEFAULT_MIN;
      const counted = `${found.length} of ${all} concepts`;
      const reason = missing.length === 0 ? counted : `${counted}; missing: ${missing.join(', ')}`;
      return graded(found.length / all, limit, reason, missing.length === 0 ? undefined : { missing });
    };
  },
};
