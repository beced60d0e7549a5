import { z } from 'zod';
import { FileError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { usageEntry } from '../../model/usageEntry.ts';
import type { ModelReply } from '../modelClient.ts';
import { toUsage, usageSchema } from './recordedUsage.ts';

const base = z.object({
  text: z.string(),
  tool_calls: z.array(
    z.object({ id: z.string().optional(), name: z.string(), arguments: z.custom<JsonValue>(() => true) }),
  ),
  usage: usageSchema.nullable(),
  cost_usd: z.number().nonnegative().nullable(),
  model: z.string(),
  response_id: z.string().nullable(),
  latency_ms: z.number().nonnegative(),
  first_token_ms: z.number().nonnegative().nullable(),
});

const schema = z.discriminatedUnion('status', [
  base.extend({ status: z.literal('complete'), finish_reason: z.string() }),
  base.extend({ status: z.literal('refused'), finish_reason: z.string().nullable() }),
  base.extend({ status: z.literal('empty'), finish_reason: z.string(), reason: z.string() }),
  base.extend({ status: z.literal('incomplete'), reason: z.string() }),
]);

/** A model's reply as a recording holds it. */
export function replyEntry(reply: ModelReply): JsonObject {
  return {
    status: reply.status,
    text: reply.text,
    ...(reply.status === 'incomplete' ? {} : { finish_reason: reply.finishReason }),
    ...('reason' in reply ? { reason: reply.reason } : {}),
    tool_calls: reply.toolCalls.map(({ id, name, arguments: given }) => ({
      ...defined({ id }),
      name,
      arguments: given,
    })),
    usage: reply.usage && usageEntry(reply.usage),
    cost_usd: reply.costUsd,
    model: reply.model,
    response_id: reply.responseId,
    latency_ms: reply.latencyMs,
    first_token_ms: reply.firstTokenMs,
  };
}

/** The reply of a recording. Throws FileError when a person has broken it. */
export function readReplyEntry(entry: JsonObject, file: string): ModelReply {
  const parsed = schema.safeParse(entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FileError(`the recording is wrong at "reply.${issue?.path.join('.')}": ${issue?.message}`, {
      where: { path: file },
      remedy: 'Mend it, or record it anew with: touchstone eval --record DIR',
    });
  }

  const { data } = parsed;
  const reply = {
    text: data.text,
    toolCalls: data.tool_calls.map(({ id, name, arguments: given }) => ({
      ...defined({ id }),
      name,
      arguments: given === undefined ? {} : given,
    })),
    usage: data.usage && toUsage(data.usage),
    costUsd: data.cost_usd,
    model: data.model,
    responseId: data.response_id,
    latencyMs: data.latency_ms,
    firstTokenMs: data.first_token_ms,
    replayed: true as const,
  };

  switch (data.status) {
    case 'complete':
      return { ...reply, status: 'complete', finishReason: data.finish_reason };
    case 'refused':
      return { ...reply, status: 'refused', finishReason: data.finish_reason };
    case 'empty':
      return { ...reply, status: 'empty', finishReason: data.finish_reason, reason: data.reason };
    case 'incomplete':
      return { ...reply, status: 'incomplete', finishReason: null, reason: data.reason };
  }
}
