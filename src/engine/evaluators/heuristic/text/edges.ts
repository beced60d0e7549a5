import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, quote } from '../../score.ts';

const start = z.strictObject({
  value: z.string().min(1).describe('The text that the output must begin with.'),
});
const end = z.strictObject({ value: z.string().min(1).describe('The text that the output must end with.') });

export const startsWith: EvaluatorDefinition<z.infer<typeof start>> = {
  type: 'starts-with',
  stage: 'heuristic',
  summary: 'The output begins with the given text.',
  options: start,
  shorthand: 'value',
  create(_spec, { value }) {
    const yes = binary(true, `starts with ${quote(value)}`);
    return ({ output }) =>
      output.text.startsWith(value)
        ? yes
        : binary(false, `starts with ${quote(output.text.slice(0, value.length))}, not ${quote(value)}`);
  },
};

export const endsWith: EvaluatorDefinition<z.infer<typeof end>> = {
  type: 'ends-with',
  stage: 'heuristic',
  summary: 'The output ends with the given text.',
  options: end,
  shorthand: 'value',
  create(_spec, { value }) {
    const yes = binary(true, `ends with ${quote(value)}`);
    return ({ output }) =>
      output.text.endsWith(value)
        ? yes
        : binary(false, `ends with ${quote(output.text.slice(-value.length))}, not ${quote(value)}`);
  },
};
