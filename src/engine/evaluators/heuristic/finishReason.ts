import { z } from 'zod';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { binary, unmeasured } from '../score.ts';

const options = z.strictObject({
  value: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('The finish reason, or a list of allowed ones, such as stop, length, tool_calls.'),
});

export const finishReason: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'finish-reason',
  stage: 'heuristic',
  summary: 'The model stopped for the given reason. An unknown reason is an error.',
  options,
  shorthand: 'value',
  create(_spec, { value }) {
    const allowed = (typeof value === 'string' ? [value] : value).map((reason) => reason.toLowerCase());
    return ({ output }) => {
      if (!output.finishReason) return unmeasured('the target reported no finish reason');
      const pass = allowed.includes(output.finishReason.toLowerCase());
      return binary(
        pass,
        `finish reason ${output.finishReason}${pass ? '' : `, expected ${allowed.join(' or ')}`}`,
      );
    };
  },
};
