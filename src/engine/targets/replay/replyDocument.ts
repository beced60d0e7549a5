import { defined } from '../../model/defined.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import { usageEntry } from '../../model/usageEntry.ts';

/**
 * An output of an agent as the reply document that it came from (agentReply.ts reads it back), with the time
 * that it took. Keys in a fixed order; what was not reported is null.
 */
export function replyDocument(output: Exclude<Output, { status: 'incomplete' }>): JsonObject {
  const { usage } = output;
  return {
    output: output.status === 'complete' && output.json !== undefined ? output.json : output.text,
    tool_calls: output.toolCalls.map((call) => ({ ...call })),
    steps: output.steps.map(({ latencyMs, ...step }) => ({
      ...step,
      ...defined({ latency_ms: latencyMs }),
    })),
    usage: usage && usageEntry(usage),
    cost_usd: output.costUsd,
    finish_reason: output.finishReason,
    model: output.model ?? null,
    metadata: output.metadata ?? null,
    ...defined({ from_trace: output.fromTrace }),
    ...(output.status === 'error' ? { error: { ...output.error } } : {}),
    latency_ms: output.latencyMs,
    ...defined({ exit_ms: output.exitMs, attempts: output.attempts, warnings: output.warnings }),
    // What assertions read beside the output.
    ...(output.status === 'complete' && output.raw ? { raw: { ...output.raw } } : {}),
  };
}
