import { z } from 'zod';
import { isStored } from '../../model/replySource.ts';
import { whyCostUnknown } from '../../model/unknownCost.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { binary, notApplicable, unmeasured } from '../score.ts';

const options = z.strictObject({
  max_usd: z
    .number()
    .min(0)
    .optional()
    .describe('Maximum cost of the call in US dollars. Default: max_cost_usd of the case.'),
});

export const cost: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'cost',
  stage: 'heuristic',
  summary: 'The call cost no more than the limit. An unknown cost is an error.',
  options,
  shorthand: 'max_usd',
  fromAssertion: ({ threshold }) => (threshold === undefined ? {} : { max_usd: threshold }),
  create: (_spec, { max_usd }) => {
    return ({ case: golden, output }) => {
      const limit = max_usd ?? golden.evaluation_criteria?.max_cost_usd;
      if (limit === undefined) return notApplicable('no cost limit is set');
      if (isStored(output.source)) return unmeasured('the answer was stored, so its cost is unknown');
      if (output.costUsd === null || !(output.costUsd >= 0)) {
        return unmeasured(`the cost is unknown: ${whyCostUnknown(output)}`);
      }
      return binary(output.costUsd <= limit, `$${output.costUsd}, at most $${limit} allowed`);
    };
  },
};
