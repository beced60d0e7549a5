import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { counted } from '../../../model/figures.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary } from '../../score.ts';

const count = z.number().min(0).optional();

const options = z.strictObject({
  exact: count.describe('The number of words.'),
  min: count.describe('Minimum number of words.'),
  max: count.describe('Maximum number of words.'),
});

export const wordCount: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'word-count',
  stage: 'heuristic',
  summary: 'The number of words (separated by white space) is exact, or within limits.',
  options,
  shorthand: 'exact',
  fromAssertion({ value }) {
    if (isJsonObject(value)) return value;
    return value === undefined ? {} : { exact: typeof value === 'string' ? Number(value) : value };
  },
  create(spec, { exact, min = exact ?? 0, max = exact ?? Infinity }) {
    if ((min === 0 && max === Infinity) || min > max) {
      throw new ConfigError('word-count needs a number, a min or a max, and min must not exceed max', {
        where: spec.location,
        remedy: 'For example: word-count: { min: 20, max: 80 }',
      });
    }

    const wanted = min === max ? `exactly ${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`;
    return ({ output }) => {
      const count = output.text.trim() === '' ? 0 : output.text.trim().split(/\s+/).length;
      return binary(count >= min && count <= max, `${counted(count, 'word')}, ${wanted} expected`);
    };
  },
};
