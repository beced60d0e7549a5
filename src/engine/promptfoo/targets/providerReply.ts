import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { emptyOutput, type Output, type Usage } from '../../model/output.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import { textOf } from './answerText.ts';

/**
 * The answer of a provider of promptfoo's: an object with `output` or `error` is a whole reply, with `tokenUsage`,
 * `cost` and `metadata`; anything else is the output itself.
 */
export function providerReply(value: JsonValue, latencyMs: number): Output {
  if (!isJsonObject(value)) return value === null ? nothing(latencyMs) : complete(value, {}, latencyMs);
  const { error, output } = value;
  if (typeof error === 'string' && error !== '') return errorOutput('agent', error, latencyMs);
  if (output === undefined) return complete(value, value, latencyMs);
  return output === null ? nothing(latencyMs) : complete(output, value, latencyMs);
}

function complete(answer: JsonValue, reply: JsonObject, latencyMs: number): Output {
  const { cost, metadata } = reply;
  return {
    ...emptyOutput(),
    status: 'complete',
    ...textOf(answer),
    usage: usageOf(reply['tokenUsage']),
    costUsd: typeof cost === 'number' ? cost : null,
    latencyMs,
    ...(isJsonObject(metadata) ? { metadata } : {}),
  };
}

function nothing(latencyMs: number): Output {
  return errorOutput('protocol', 'The reply has no output.', latencyMs);
}

function usageOf(value: JsonValue | undefined): Usage | null {
  if (!isJsonObject(value)) return null;
  const { prompt, completion } = value;
  if (!isCount(prompt) || !isCount(completion)) return null;
  return { inputTokens: prompt, outputTokens: completion };
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
