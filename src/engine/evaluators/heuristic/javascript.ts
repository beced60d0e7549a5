import { z } from 'zod';
import { ConfigError } from '../../errors.ts';
import type { Score } from '../../model/evaluation.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { EvaluationInput, EvaluatorDefinition } from '../evaluator.ts';
import { binary, unmeasured } from '../score.ts';

const options = z.strictObject({
  code: z
    .string()
    .min(1)
    .describe(
      'An expression, or a function body with return; output and context are in scope. file:// reads it from a file.',
    ),
  threshold: z.number().optional().describe('Smallest number that passes. Default: anything above 0.'),
  clamp: z
    .boolean()
    .optional()
    .describe('true: a number below 0 or above 1 counts as 0 or 1. Default: it is an error.'),
});

/**
 * Runs outside this process, under a time limit, and only when scripts are trusted. The result is true or
 * false, a number 0–1, or `{ pass, score, reason }`.
 */
export const javascript: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'javascript',
  stage: 'heuristic',
  summary: 'A piece of JavaScript decides.',
  options,
  shorthand: 'code',
  fromAssertion: ({ value, threshold }) => ({
    ...(value === undefined ? {} : { code: value }),
    ...(threshold === undefined ? {} : { threshold }),
    // promptfoo lets a script return any number.
    clamp: true,
  }),
  create(spec, { code, threshold, clamp = false }, { scripts }) {
    if (!scripts) {
      throw new ConfigError(`the evaluator "${spec.name}" is JavaScript, which is not trusted to run`, {
        ...(spec.location ? { where: spec.location } : {}),
        remedy: 'Read the script, then run with --trust.',
      });
    }
    return async (input, { signal }) => {
      const scope = { output: input.output.json ?? input.output.text, context: contextOf(input) };
      const score = interpret(await scripts.run(code, scope, { signal }), threshold);
      return clamp ? clamped(score) : score;
    };
  },
};

/** What a script knows beside the output; `vars` as in promptfoo. */
function contextOf({ case: golden, output }: EvaluationInput): JsonObject {
  const vars = isJsonObject(golden.input) ? golden.input : { input: golden.input ?? null };
  const { text, toolCalls, steps, usage, costUsd, latencyMs, finishReason, metadata = {} } = output;
  const context = {
    vars,
    case: golden,
    metadata,
    response: { text, toolCalls, steps, usage, costUsd, latencyMs, finishReason },
  };
  return JSON.parse(JSON.stringify(context));
}

function clamped(score: Score): Score {
  return score.status === 'scored' ? { ...score, score: Math.min(1, Math.max(0, score.score)) } : score;
}

function interpret(result: JsonValue, threshold: number | undefined): Score {
  if (typeof result === 'boolean') return binary(result, `the script returned ${result}`);
  if (typeof result === 'number') {
    const pass = threshold === undefined ? result > 0 : result >= threshold;
    return { status: 'scored', score: result, pass, reason: `the script returned ${result}` };
  }
  if (!isJsonObject(result) || typeof result['pass'] !== 'boolean') {
    return unmeasured('the script must return true, false, a number, or { pass, score, reason }');
  }
  const { pass, score = pass ? 1 : 0, reason } = result;
  if (typeof score !== 'number') return unmeasured('the score that the script returned is not a number');
  return {
    status: 'scored',
    score,
    pass,
    reason: typeof reason === 'string' ? reason : `the script returned ${pass}`,
  };
}
