import { z } from 'zod';
import { isStored } from '../../model/replySource.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { binary, notApplicable, unmeasured } from '../score.ts';

const options = z.strictObject({
  max_ms: z
    .number()
    .min(0)
    .optional()
    .describe('Maximum duration of the call in milliseconds. Default: max_latency_ms of the case.'),
});

export const latency: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'latency',
  stage: 'heuristic',
  summary: 'The target answered within the time limit.',
  options,
  shorthand: 'max_ms',
  fromAssertion: ({ threshold }) => (threshold === undefined ? {} : { max_ms: threshold }),
  create: (_spec, { max_ms }) => {
    return ({ case: golden, output }) => {
      const limit = max_ms ?? golden.evaluation_criteria?.max_latency_ms;
      if (limit === undefined) return notApplicable('no latency limit is set');
      if (isStored(output.source)) return unmeasured('the answer was stored, so its latency is unknown');
      if (!(output.latencyMs >= 0)) return unmeasured('the latency is unknown');
      return binary(
        output.latencyMs <= limit,
        `${Math.round(output.latencyMs)} ms, at most ${limit} ms allowed`,
      );
    };
  },
};
