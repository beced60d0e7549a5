import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { EvaluationInput } from '../evaluator.ts';

/**
 * What a script of the workspace is told: the output (its JSON where it has one) and a context with promptfoo's
 * `prompt`, `vars`, `test`, `provider`, `metadata` and `providerResponse`, and with the case and the response as they are
 * here. `prompt` and `provider` are there for promptfoo's suites, whose targets keep them with the output.
 */
export function scriptScope(input: EvaluationInput): { output: JsonValue; context: JsonObject } {
  const { output } = input;
  return { output: output.json ?? output.text, context: contextOf(input) };
}

function contextOf({ case: golden, output, untransformed = output }: EvaluationInput): JsonObject {
  const vars = isJsonObject(golden.input) ? golden.input : { input: golden.input ?? null };
  const { text, toolCalls, steps, usage, costUsd, latencyMs, finishReason, metadata = {} } = output;
  const { description, threshold, assert } = golden;
  const context = {
    prompt: output.raw?.prompt,
    provider: output.raw?.provider,
    vars,
    test: { vars, description, threshold, assert, metadata: golden.metadata ?? {} },
    metadata,
    providerResponse: {
      output: untransformed.json ?? untransformed.text,
      metadata,
      ...(usage ? { tokenUsage: tokenUsage(usage) } : {}),
      ...(costUsd === null ? {} : { cost: costUsd }),
      latencyMs,
      finishReason,
    },
    case: golden,
    response: { text, toolCalls, steps, usage, costUsd, latencyMs, finishReason },
  };

  return JSON.parse(JSON.stringify(context));
}

function tokenUsage({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) {
  return { prompt: inputTokens, completion: outputTokens, total: inputTokens + outputTokens };
}
