import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary, quote } from '../../score.ts';

const options = z.strictObject({
  value: z.union([z.string().min(1), z.number()]).describe('The text that the output must contain.'),
});

export const contains: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'contains',
  stage: 'heuristic',
  summary: 'The output contains the given text.',
  options,
  shorthand: 'value',
  create(_spec, { value }) {
    const needle = String(value);
    const yes = binary(true, `contains ${quote(needle)}`);
    const no = binary(false, `does not contain ${quote(needle)}`);
    return ({ output }) => (output.text.includes(needle) ? yes : no);
  },
};

export const icontains: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'icontains',
  stage: 'heuristic',
  summary: 'The output contains the given text, ignoring case.',
  options,
  shorthand: 'value',
  create(_spec, { value }) {
    const needle = String(value).toLowerCase();
    const yes = binary(true, `contains ${quote(String(value))}`);
    const no = binary(false, `does not contain ${quote(String(value))}`);
    return ({ output }) => (output.text.toLowerCase().includes(needle) ? yes : no);
  },
};
