import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { counted } from '../../../model/figures.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { type MadeCall, trajectoryCalls } from '../../output/madeCalls.ts';
import { binary, unmeasured } from '../../score.ts';
import { hasSteps, isMatch, listCalls, matcherShape, NO_STEPS } from './trajectory.ts';

const options = z.strictObject({
  tools: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('The tool, or a list of tools that must all be used; * and ? are wildcards.'),
  ...matcherShape,
  min: z.number().min(0).optional().describe('With name: minimum number of calls. Default: 1.'),
  max: z.number().min(0).optional().describe('With name: maximum number of calls.'),
});

type Options = z.infer<typeof options>;

/** Turned round, a list of tools is a list of forbidden ones: none of them may be used. */
export const toolUsed: EvaluatorDefinition<Options> = {
  type: 'trajectory:tool-used',
  stage: 'heuristic',
  summary: 'The target used the given tools.',
  options,
  shorthand: 'tools',
  negates: true,
  fromAssertion: ({ value }) => (isJsonObject(value) ? value : value === undefined ? {} : { tools: value }),
  create(spec, { tools, name, pattern, min = 1, max = Infinity }) {
    const listed = typeof tools === 'string' ? [tools] : tools;
    const counted = pattern ?? name;
    if ((listed === undefined) === (counted === undefined)) {
      throw new ConfigError('trajectory:tool-used needs either tools or a name', {
        where: spec.location,
        remedy: 'For example: trajectory:tool-used: search_orders',
      });
    }

    return ({ output }) => {
      const calls = trajectoryCalls(output);
      if (spec.negated && !hasSteps(output)) return unmeasured(NO_STEPS);
      if (counted !== undefined) return judgeCount(calls, counted, min, max, spec.negated);
      return spec.negated ? judgeForbidden(calls, listed ?? []) : judgeRequired(calls, listed ?? []);
    };
  },
};

function judgeRequired(calls: MadeCall[], patterns: readonly string[]): ReturnType<typeof binary> {
  const missing = patterns.filter((pattern) => !calls.some((call) => isMatch(call, pattern)));
  if (missing.length === 0) return binary(true, `used: ${listCalls(calls)}`);
  return binary(false, `not used: ${missing.join(', ')}; used: ${listCalls(calls)}`);
}

function judgeForbidden(calls: MadeCall[], patterns: readonly string[]): ReturnType<typeof binary> {
  const used = patterns.filter((pattern) => calls.some((call) => isMatch(call, pattern)));
  if (used.length === 0) return binary(true, `not used: ${patterns.join(', ')}`);
  return binary(false, `used although forbidden: ${used.join(', ')}`);
}

function judgeCount(
  calls: MadeCall[],
  pattern: string,
  min: number,
  max: number,
  negated: boolean,
): ReturnType<typeof binary> {
  const count = calls.filter((call) => isMatch(call, pattern)).length;
  const within = count >= min && count <= max;
  const range = max === Infinity ? `at least ${min}` : `${min} to ${max}`;
  return binary(
    within !== negated,
    `${pattern} was used ${counted(count, 'time')}, ${negated ? 'not ' : ''}${range} expected`,
  );
}
