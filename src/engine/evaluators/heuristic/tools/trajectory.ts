import { z } from 'zod';
import type { EvaluationInput } from '../../evaluator.ts';
import type { MadeCall } from '../../output/madeCalls.ts';
import { matchesGlob } from '../../patterns/glob.ts';

/** Keys by which a tool is named in the trajectory evaluators. */
export const matcherShape = {
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the tool; * matches any characters, and ? matches one.'),
  pattern: z.string().min(1).optional().describe('The same as name.'),
};

interface Matcher {
  name?: string | undefined;
  pattern?: string | undefined;
}

export const matcher = z.union([z.string().min(1), z.looseObject(matcherShape)]);

export function patternOf(given: string | Matcher): string | undefined {
  return typeof given === 'string' ? given : (given.pattern ?? given.name);
}

export function isMatch(call: MadeCall, pattern: string): boolean {
  return matchesGlob(call.name, pattern);
}

export function listCalls(calls: readonly MadeCall[]): string {
  return calls.map((call) => call.name).join(', ') || 'none';
}

/** Said where only the absence of steps would be evidence: the target may simply not report them. */
export const NO_STEPS = 'the target reported no steps and no tool calls';

export function hasSteps(output: EvaluationInput['output']): boolean {
  return output.steps.length > 0 || output.toolCalls.length > 0;
}
