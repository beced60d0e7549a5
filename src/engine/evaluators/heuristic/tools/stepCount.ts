import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import { counted } from '../../../model/figures.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { Step } from '../../../model/output.ts';
import type { EvaluationInput, EvaluatorDefinition } from '../../evaluator.ts';
import { matchesGlob } from '../../patterns/glob.ts';
import { binary, unmeasured } from '../../score.ts';
import { hasSteps, matcherShape, NO_STEPS, patternOf } from './trajectory.ts';

const options = z.strictObject({
  max: z.number().min(0).optional().describe('Maximum number of steps.'),
  min: z.number().min(0).optional().describe('Minimum number of steps.'),
  type: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Count only steps of this type or these types: tool, model, message. Default: all.'),
  ...matcherShape,
});

export const stepCount: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'trajectory:step-count',
  stage: 'heuristic',
  summary: 'The number of steps that the target took is within limits.',
  options,
  shorthand: 'max',
  fromAssertion: ({ value }) => (isJsonObject(value) ? value : value === undefined ? {} : { max: value }),
  create(spec, { min, max, type, ...matcher }) {
    if (min === undefined && max === undefined) {
      throw new ConfigError(
        'trajectory:step-count needs a min or a max',
        spec.location ? { where: spec.location } : {},
      );
    }

    const types = type === undefined ? undefined : new Set(typeof type === 'string' ? [type] : type);
    const pattern = patternOf(matcher);
    const range = max === undefined ? `at least ${min}` : `${min ?? 0} to ${max}`;

    return ({ output }) => {
      if (!hasSteps(output)) return unmeasured(NO_STEPS);
      const count = stepsOf(output).filter(
        (step) =>
          (!types || types.has(step.type)) &&
          (pattern === undefined || matchesGlob(step.name ?? '', pattern)),
      ).length;
      return binary(
        count >= (min ?? 0) && count <= (max ?? Infinity),
        `${counted(count, 'step')}, ${range} expected`,
      );
    };
  },
};

/** The reported steps, else the tool calls of the final message as steps. */
function stepsOf(output: EvaluationInput['output']): readonly Pick<Step, 'type' | 'name'>[] {
  if (output.steps.length > 0) return output.steps;
  return output.toolCalls.map((call) => ({ type: 'tool', name: call.name }));
}
