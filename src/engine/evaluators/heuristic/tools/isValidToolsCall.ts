import { z } from 'zod';
import type { EvaluatorSpec, Score } from '../../../model/evaluation.ts';
import { counted } from '../../../model/figures.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { argumentsOf, type MadeCall, madeCalls } from '../../output/madeCalls.ts';
import { compileSchema } from '../../schemas/jsonSchema.ts';
import { binary, unmeasured } from '../../score.ts';

const options = z.strictObject({
  tools: z
    .array(z.record(z.string(), z.json()))
    .optional()
    .describe("Definitions of the tools, in OpenAI's format. Default: the tools that the target reports."),
});

export const isValidToolsCall: EvaluatorDefinition<z.infer<typeof options>> = {
  type: 'is-valid-openai-tools-call',
  stage: 'heuristic',
  summary: 'Every tool call names an existing tool and has arguments that satisfy its JSON Schema.',
  options,
  shorthand: 'tools',
  create(spec, { tools: own }) {
    return ({ output }) => {
      const calls = madeCalls(output);
      if (calls.length === 0) return binary(false, 'no tool was called');
      const tools = definitions(own ?? output.metadata?.['tools']);
      if (!tools) return unmeasured('the tools are unknown; list them in the option "tools"');
      return judgeCalls(calls, tools, 'tool', spec);
    };
  },
};

/** Whether each call names one of the definitions, with arguments that satisfy its schema. */
export function judgeCalls(
  calls: readonly MadeCall[],
  known: ReadonlyMap<string, JsonObject>,
  noun: 'tool' | 'function',
  spec: EvaluatorSpec,
): Score {
  for (const call of calls) {
    const schema = known.get(call.name);
    if (schema === undefined) return binary(false, `unknown ${noun} "${call.name}"`);
    const given = argumentsOf(call.arguments) ?? {};
    if (!isJsonObject(given)) return binary(false, `the arguments of ${call.name} are not a JSON object`);
    const wrong = compileSchema(schema, spec)(given);
    if (wrong !== undefined) return binary(false, `the arguments of ${call.name} are not valid: ${wrong}`);
  }
  return binary(true, counted(calls.length, `valid ${noun} call`));
}

/** Schema of the arguments by tool; undefined when no tools are known. */
export function definitions(tools: JsonValue | undefined): Map<string, JsonObject> | undefined {
  if (!Array.isArray(tools)) return undefined;
  const known = new Map<string, JsonObject>();
  for (const tool of tools) {
    const inner = isJsonObject(tool) && isJsonObject(tool['function']) ? tool['function'] : tool;
    if (!isJsonObject(inner) || typeof inner['name'] !== 'string') continue;
    known.set(inner['name'], isJsonObject(inner['parameters']) ? inner['parameters'] : NO_PARAMETERS);
  }
  return known;
}

const NO_PARAMETERS: JsonObject = { type: 'object' };
