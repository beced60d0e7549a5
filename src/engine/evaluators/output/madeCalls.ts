import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { EvaluationInput } from '../evaluator.ts';
import { outputJson } from './outputJson.ts';

/** A tool call that the target made; `arguments` is undefined where it was not reported. */
export interface MadeCall {
  name: string;
  arguments: JsonValue | undefined;
}

/**
 * The tool calls of an output, in order: those of the final message, else the tool steps on the way, else
 * calls that the target printed as JSON in one of the providers' forms.
 */
export function madeCalls(output: EvaluationInput['output']): MadeCall[] {
  if (output.toolCalls.length > 0) return output.toolCalls;
  const steps = toolSteps(output);
  if (steps.length > 0) return steps;
  if (!/^\s*[[{]/.test(output.text) && output.json === undefined) return [];
  const parsed = outputJson(output);
  return parsed.ok ? printedCalls(parsed.value) : [];
}

/** The tool calls on the way in order, else those of the final message. */
export function trajectoryCalls(output: EvaluationInput['output']): MadeCall[] {
  const steps = toolSteps(output);
  return steps.length > 0 ? steps : output.toolCalls;
}

/** Parsed arguments where they came as JSON text. */
export function argumentsOf(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function toolSteps(output: EvaluationInput['output']): MadeCall[] {
  return output.steps.flatMap((step) =>
    step.type === 'tool' && step.name !== undefined ? [{ name: step.name, arguments: step.arguments }] : [],
  );
}

/** OpenAI chat and responses, Anthropic, Gemini and its live form, and plain `{ name, arguments }`. */
export function printedCalls(value: JsonValue): MadeCall[] {
  if (Array.isArray(value)) return value.flatMap((item) => printedCall(item, true));
  if (!isJsonObject(value)) return [];
  if (Array.isArray(value['tool_calls']))
    return value['tool_calls'].flatMap((item) => printedCall(item, true));
  const live = value['toolCall'];
  if (isJsonObject(live) && Array.isArray(live['functionCalls'])) {
    return live['functionCalls'].flatMap((item) => printedCall(item, true));
  }
  return printedCall(value, false);
}

/** `bare`: an object that only has a name is a call too, because it stands in a list of calls. */
function printedCall(item: JsonValue, bare: boolean): MadeCall[] {
  if (!isJsonObject(item)) return [];
  for (const key of ['function', 'functionCall']) {
    const inner = item[key];
    if (isJsonObject(inner)) return named(inner);
  }
  return bare || item['type'] === 'tool_use' || item['type'] === 'function_call' ? named(item) : [];
}

function named(call: JsonObject): MadeCall[] {
  const name = call['name'];
  if (typeof name !== 'string') return [];
  return [{ name, arguments: argumentsOf(call['arguments'] ?? call['args'] ?? call['input']) }];
}
