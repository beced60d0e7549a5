import { defined } from '../../model/defined.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { ModelReply } from '../../models/modelClient.ts';

/** The text of an answer, and its data where it is data. */
export interface ModelAnswer {
  text: string;
  json?: JsonValue;
}

/**
 * A model's reply as the output of a target. The provider's refusal is a complete output, so that it can be scored: its
 * text is the refusal, and its finish reason `refusal`. A reply that says nothing is an error: nothing can be said of it
 * that would not be true of a call that never came through. The latency is that of the attempt that was answered:
 * waiting for a rate limit says nothing about the prompt.
 */
export function modelOutput(reply: ModelReply, { text, json }: ModelAnswer): Output {
  const base = {
    text,
    toolCalls: reply.toolCalls,
    steps: [],
    usage: reply.usage,
    costUsd: reply.costUsd,
    latencyMs: reply.latencyMs,
    model: reply.model,
    ...defined({ source: reply.source, attempts: reply.attempts }),
    metadata: {
      responseId: reply.responseId,
      firstTokenMs: reply.firstTokenMs,
      ...(reply.replayed ? { replayed: true } : {}),
    },
  };

  const data = json === undefined ? {} : { json };

  switch (reply.status) {
    case 'incomplete':
      return { ...base, status: 'incomplete', finishReason: null, reason: reply.reason };
    case 'empty': {
      const error = { code: 'no-output', message: reply.reason, transient: false };
      return { ...base, status: 'error', finishReason: reply.finishReason, error };
    }
    case 'refused':
      return { ...base, ...data, status: 'complete', finishReason: 'refusal' };
    case 'complete':
      return { ...base, ...data, status: 'complete', finishReason: reply.finishReason };
  }
}
