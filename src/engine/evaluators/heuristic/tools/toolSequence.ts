import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { counted } from '../../../model/figures.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { type MadeCall, trajectoryCalls } from '../../output/madeCalls.ts';
import { binary, unmeasured } from '../../score.ts';
import { hasSteps, isMatch, listCalls, matcher, NO_STEPS, patternOf } from './trajectory.ts';

const options = z.strictObject({
  steps: z.array(matcher).min(1).describe('Tools in the required order; * and ? are wildcards.'),
  mode: z
    .enum(['in_order', 'exact'])
    .default('in_order')
    .describe('in_order allows other tools in between; exact allows none. Default: in_order.'),
});

export const toolSequence: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'trajectory:tool-sequence',
  stage: 'heuristic',
  summary: 'The tools were used in the given order.',
  options,
  shorthand: 'steps',
  fromAssertion: ({ value }) => (isJsonObject(value) ? value : value === undefined ? {} : { steps: value }),
  create(spec, { steps, mode }) {
    const patterns = steps.map((step) => {
      const pattern = patternOf(step);
      if (pattern !== undefined) return pattern;
      throw new ConfigError(
        'each step needs a name or a pattern',
        spec.location ? { where: spec.location } : {},
      );
    });

    return ({ output }) => {
      if (spec.negated && !hasSteps(output)) return unmeasured(NO_STEPS);
      const calls = trajectoryCalls(output);
      const missing = mode === 'exact' ? firstDifference(calls, patterns) : firstMissing(calls, patterns);
      if (missing === undefined) return binary(true, `used in order: ${patterns.join(', ')}`);
      return binary(false, `${missing}; used: ${listCalls(calls)}`);
    };
  },
};

function firstDifference(calls: readonly MadeCall[], patterns: readonly string[]): string | undefined {
  if (calls.length !== patterns.length)
    return `${counted(calls.length, 'tool was', 'tools were')} used, exactly ${patterns.length} expected`;
  const wrong = patterns.find((pattern, index) => {
    const call = calls[index];
    return !call || !isMatch(call, pattern);
  });
  return wrong === undefined ? undefined : `${wrong} was not used in its place`;
}

function firstMissing(calls: readonly MadeCall[], patterns: readonly string[]): string | undefined {
  let next = 0;
  for (const call of calls) {
    const pattern = patterns[next];
    if (pattern !== undefined && isMatch(call, pattern)) next++;
  }
  const pattern = patterns[next];
  return pattern === undefined ? undefined : `${pattern} was not used in order`;
}
