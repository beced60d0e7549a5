import { z } from 'zod';
import { ConfigError } from '../../../errors.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { madeCalls, printedCalls } from '../../output/madeCalls.ts';
import { graded, notApplicable } from '../../score.ts';
import { jsonBlocks } from '../json/jsonBlocks.ts';

const options = z.strictObject({
  value: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Names of the tools: a list, or a comma-separated string. Default: tool_calls of the case.'),
  min: z.number().min(0).max(1).default(1).describe('Minimum F1 for a pass, 0–1. Default: 1.'),
});

/** F1 of the set of called tools against the set of expected ones; order and repeats do not matter. */
export const toolCallF1: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'tool-call-f1',
  stage: 'heuristic',
  summary: 'How well the called tools match the expected ones (F1 of precision and recall).',
  options,
  shorthand: 'value',
  create(spec, { value, min }) {
    const own = value === undefined ? undefined : names(value);
    if (own?.length === 0) {
      throw new ConfigError(
        'tool-call-f1 needs at least one tool name',
        spec.location ? { where: spec.location } : {},
      );
    }

    return ({ case: golden, output }) => {
      const wanted = own ?? golden.expected_output?.tool_calls?.map((call) => call.name);
      if (!wanted || wanted.length === 0) return notApplicable('the case has no expected tool calls');
      const expected = new Set(wanted);
      const made = madeCalls(output);
      const calls = made.length > 0 ? made : jsonBlocks(output.text).flatMap(printedCalls);
      const called = new Set(calls.map((call) => call.name));
      const common = [...expected].filter((name) => called.has(name)).length;
      const score = (2 * common) / (expected.size + called.size);
      const shown = `expected ${[...expected].join(', ')}; called ${[...called].join(', ') || 'none'}`;
      return graded(score, min, `F1 ${score.toFixed(2)}: ${shown}`);
    };
  },
};

function names(value: string | string[]): string[] {
  return (typeof value === 'string' ? value.split(',') : value).map((name) => name.trim()).filter(Boolean);
}
