import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { counted } from '../../../model/figures.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { countSentences, words } from '../../lexical/words/words.ts';
import { binary } from '../../score.ts';

const options = z.strictObject({
  max: z.number().min(0).optional().describe('Maximum length.'),
  min: z.number().min(0).optional().describe('Minimum length.'),
  unit: z
    .enum(['characters', 'words', 'sentences'])
    .default('characters')
    .describe('What to count; characters are Unicode code points. Default: characters.'),
});

export const length: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'length',
  stage: 'heuristic',
  summary: 'The length of the output is within limits.',
  options,
  shorthand: 'max',
  create(spec, { min = 0, max = Infinity, unit }) {
    if ((min === 0 && max === Infinity) || min > max) {
      throw new ConfigError('length needs a min or a max, and min must not exceed max', {
        where: spec.location,
        remedy: 'For example: { max: 500 } or { unit: words, min: 20, max: 80 }',
      });
    }

    return ({ output }) => {
      const count = measure(output.text, unit);
      if (count < min) return binary(false, `${counted(count, unit.slice(0, -1))}, at least ${min} expected`);
      if (count > max) return binary(false, `${counted(count, unit.slice(0, -1))}, at most ${max} expected`);
      return binary(true, `${count} ${unit}`);
    };
  },
};

function measure(text: string, unit: 'characters' | 'words' | 'sentences'): number {
  if (unit === 'words') return words(text).length;
  if (unit === 'sentences') return countSentences(text);
  let count = 0;
  for (const _ of text) count++;
  return count;
}
