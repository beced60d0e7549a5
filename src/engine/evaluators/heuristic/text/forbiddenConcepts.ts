import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { findPhrases } from '../../lexical/words/phrases.ts';
import { notApplicable } from '../../score.ts';

const options = z.strictObject({
  concepts: z
    .array(z.string().min(1))
    .optional()
    .describe('Words or phrases that must not occur, in addition to forbidden_concepts of the case.'),
});

export const forbiddenConcepts: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'forbidden-concepts',
  stage: 'heuristic',
  summary: 'None of the forbidden words or phrases occurs in the output, in any inflection.',
  options,
  shorthand: 'concepts',
  create(_spec, { concepts: own = [] }) {
    return ({ case: golden, output }) => {
      const ofCase = golden.expected_output?.forbidden_concepts ?? [];
      const inCase = findPhrases(ofCase, output.text);
      const inSuite = findPhrases(own, output.text);
      const found = [...new Set([...inCase.found, ...inSuite.found])];
      const all = new Set([...found, ...inCase.missing, ...inSuite.missing]).size;
      if (all === 0) return notApplicable('the case has no forbidden concepts');

      return {
        status: 'scored',
        score: 1 - found.length / all,
        pass: found.length === 0,
        reason: found.length === 0 ? 'no forbidden concept' : `forbidden: ${found.join(', ')}`,
        ...(found.length === 0 ? {} : { detail: { found } }),
      };
    };
  },
};
