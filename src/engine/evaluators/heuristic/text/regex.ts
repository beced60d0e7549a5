import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import type { CompiledPattern } from '../../patterns/pattern.ts';
import { binary } from '../../score.ts';

const options = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .describe('A JavaScript regular expression that must match somewhere in the output.'),
  flags: z.string().optional().describe('Flags of the expression: i, m, s, g, u. Default: none.'),
});

export const regex: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'regex',
  stage: 'heuristic',
  summary: 'The regular expression matches somewhere in the output.',
  options,
  shorthand: 'pattern',
  create(spec, { pattern, flags }, { patterns }) {
    let compiled: CompiledPattern;
    try {
      compiled = patterns.compile(pattern, flags);
    } catch (error) {
      if (!(error instanceof ConfigError) || error.where || !spec.location) throw error;
      const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
      throw new ConfigError(error.message, { where: spec.location, cause: error, ...remedy });
    }

    const yes = binary(true, `matches /${pattern}/${flags ?? ''}`);
    const no = binary(false, `does not match /${pattern}/${flags ?? ''}`);
    const pick = (found: boolean) => (found ? yes : no);

    return ({ output }) => {
      const found = compiled.test(output.text);
      return typeof found === 'boolean' ? pick(found) : found.then(pick);
    };
  },
};
