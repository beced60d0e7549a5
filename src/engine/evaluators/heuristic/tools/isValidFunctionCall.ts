import { z } from 'zod';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluationInput, EvaluatorDefinition } from '../../evaluator.ts';
import { type MadeCall, madeCalls, printedCalls } from '../../output/madeCalls.ts';
import { outputJson } from '../../output/outputJson.ts';
import { binary, unmeasured } from '../../score.ts';
import { definitions, judgeCalls } from './isValidToolsCall.ts';

const options = z.strictObject({
  functions: z
    .array(z.record(z.string(), z.json()))
    .optional()
    .describe(
      'Definitions of the functions, { name, parameters }. Default: the functions (or else the tools) that the target reports.',
    ),
});

/** The older form of tool calls: `{ name, arguments }`, alone or as `function_call` of a message. */
export const isValidFunctionCall: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'is-valid-function-call',
  stage: 'heuristic',
  summary: 'The output calls an existing function with arguments that satisfy its JSON Schema.',
  options,
  shorthand: 'functions',
  // promptfoo ignores a value.
  fromAssertion: () => ({}),
  create(spec, { functions: own }) {
    return ({ output }) => {
      const calls = callsOf(output);
      if (calls.length === 0) return binary(false, 'no function was called');
      const known = definitions(own ?? output.metadata?.['functions'] ?? output.metadata?.['tools']);
      if (!known) return unmeasured('the functions are unknown; list them in the option "functions"');
      return judgeCalls(calls, known, 'function', spec);
    };
  },
};

function callsOf(output: EvaluationInput['output']): MadeCall[] {
  const made = madeCalls(output);
  if (made.length > 0 || (output.json === undefined && !/^\s*\{/.test(output.text))) return made;
  const parsed = outputJson(output);
  return parsed.ok ? printedCalls([messageCall(parsed.value)]) : [];
}

function messageCall(value: JsonValue): JsonValue {
  return (isJsonObject(value) ? value['function_call'] : undefined) ?? value;
}
