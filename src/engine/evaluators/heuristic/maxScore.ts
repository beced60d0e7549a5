import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import { isJsonObject } from '../../model/json.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { unmeasured } from '../score.ts';
import { rankByScore } from './rankByScore.ts';

const options = z.strictObject({
  method: z
    .enum(['average', 'sum'])
    .default('average')
    .describe('How to combine the scores of a target. Default: average.'),
  weights: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('Weight of each evaluator type, such as { rubric: 2, contains: 0.5 }. Default: 1 each.'),
  threshold: z
    .number()
    .optional()
    .describe('Minimum score of the winner; below it no target is chosen. Default: no limit.'),
});

/** Chooses among the targets when all of them have their verdicts, after promptfoo's `selectMaxScore`. */
export const maxScore: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'max-score',
  stage: 'heuristic',
  summary: 'Chooses the target whose other evaluators score highest; every other target fails with score 0.',
  options,
  fromAssertion: ({ value }) => (isJsonObject(value) ? value : {}),
  compares: () => true,
  ranks: (options) => (field) => rankByScore(field, options),
  create(spec) {
    if (spec.negated) {
      throw new ConfigError('max-score cannot be negated', {
        where: spec.location,
        remedy: 'Remove the "not".',
      });
    }
    return () => unmeasured('max-score compares targets, but there is only one');
  },
};
