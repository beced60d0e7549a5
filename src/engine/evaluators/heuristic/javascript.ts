import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject } from '../../model/json.ts';
import type { EvaluatorDefinition } from '../evaluator.ts';
import { scriptScope } from '../scripts/scriptScope.ts';
import { clamped, scriptScore } from '../scripts/scriptScore.ts';
import { runWorkspaceScript } from '../scripts/workspaceScript.ts';

const options = z.strictObject({
  code: z
    .string()
    .min(1)
    .describe(
      'An expression, or a function body with return; output and context are in scope. Use file:// to read it from a file.',
    ),
  file: z
    .string()
    .optional()
    .describe('Path of a module with the code, relative to the workspace; it can import other modules.'),
  function: z.string().optional().describe('Name of the export of that module. Default: its default export.'),
  config: z.record(z.string(), z.unknown()).optional().describe('Passed to the module as context.config.'),
  threshold: z.number().optional().describe('Minimum number for a pass. Default: anything above 0.'),
  clamp: z
    .boolean()
    .optional()
    .describe(
      'true: a number below 0 counts as 0, and one above 1 as 1. Default: such a number is an error.',
    ),
});

/**
 * Runs outside this process, under a time limit, and only when scripts are trusted. The result is true or
 * false, a number 0–1, or `{ pass, score, reason }`.
 */
export const javascript: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'javascript',
  stage: 'heuristic',
  summary: 'Custom JavaScript decides.',
  options,
  shorthand: 'code',
  fromAssertion: ({ value, threshold, config }) => ({
    ...(isJsonObject(value)
      ? { ...value, ...defined({ config }) }
      : value === undefined
        ? {}
        : { code: value }),
    ...defined({ threshold }),
    // promptfoo lets a script return any number.
    clamp: true,
  }),
  create(spec, { code, file, threshold, config, clamp = false, ...own }, { scripts }) {
    if (!scripts) {
      throw new ConfigError(`the evaluator "${spec.name}" is JavaScript, which is not trusted to run`, {
        where: spec.location,
        remedy: 'Read the script, then run with --trust.',
      });
    }

    return async (input, { signal }) => {
      const scope = scriptScope(input);
      if (config !== undefined) Object.assign(scope.context, { config });
      const script = { code, ...defined({ file, function: own.function }) };
      const score = scriptScore(await runWorkspaceScript(script, scope, scripts, signal), threshold);
      return clamp ? clamped(score) : score;
    };
  },
};
