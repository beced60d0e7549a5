import { z } from 'zod';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { ToolCall } from '../model/message.ts';
import { emptyOutput, type Output, type OutputError, type Step, type Usage } from '../model/output.ts';
import { parseUntrustedJson } from './untrustedJson.ts';

/**
 * `json`: the reply document below. `text`: everything is the answer.
 * `path`: any JSON; the value at the path (see responsePath.ts) is the answer.
 */
export type ReplyForm =
  | { kind: 'json' }
  | { kind: 'text' }
  | { kind: 'path'; path: string; pick: (reply: JsonValue) => JsonValue | undefined };

const json = z.custom<JsonValue>(() => true);
const count = z.number().int().nonnegative();

/** The reply document of an agent. Unknown keys are ignored; null means "not reported". */
const document = z.object({
  output: json.nullish(),
  tool_calls: z
    .array(z.object({ id: z.string().optional(), name: z.string(), arguments: json.optional() }))
    .nullish(),
  steps: z
    .array(
      z.object({
        type: z.enum(['tool', 'model', 'message']),
        name: z.string().optional(),
        arguments: json.optional(),
        output: json.optional(),
        latency_ms: z.number().nonnegative().optional(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      cached_input_tokens: count.optional(),
      cache_write_tokens: count.optional(),
      reasoning_tokens: count.optional(),
    })
    .nullish(),
  cost_usd: z.number().nonnegative().nullish(),
  finish_reason: z.string().nullish(),
  model: z.string().nullish(),
  metadata: z.record(z.string(), json).nullish(),
  error: z
    .union([
      z.string(),
      z.object({ message: z.string(), code: z.string().optional(), transient: z.boolean().optional() }),
    ])
    .nullish(),
});
type ReplyDocument = z.infer<typeof document>;

/** Turns what an agent answered into an output. Never throws: an unreadable reply is a `protocol` error. */
export function readReply(text: string, form: ReplyForm, latencyMs: number): Output {
  if (form.kind === 'text') return completeOutput(text, latencyMs);
  let value: JsonValue;
  try {
    value = parseUntrustedJson(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return protocolError(`The reply is not usable JSON: ${reason}. It begins: ${excerpt(text)}`, latencyMs);
  }
  return form.kind === 'path' ? readPicked(value, form, latencyMs) : readDocument(value, latencyMs);
}

/** A call that brought no usable answer. */
export function errorOutput(
  code: string,
  message: string,
  latencyMs: number,
  transient = false,
): Extract<Output, { status: 'error' }> {
  return { ...emptyOutput(), latencyMs, status: 'error', error: { code, message, transient } };
}

/** The first 200 characters on one line, in quotes. */
export function excerpt(text: string): string {
  const line = text.slice(0, 200).replace(/\s+/g, ' ').trim();
  return line === '' ? 'nothing' : JSON.stringify(text.length > 200 ? `${line}…` : line);
}

function protocolError(message: string, latencyMs: number): Output {
  return errorOutput('protocol', message, latencyMs);
}

function readPicked(value: JsonValue, form: Extract<ReplyForm, { kind: 'path' }>, latencyMs: number): Output {
  const picked = form.pick(value);
  if (picked !== undefined && picked !== null) return completeOutput(picked, latencyMs);
  return protocolError(
    `The reply has no value at "${form.path}". It begins: ${excerpt(JSON.stringify(value))}`,
    latencyMs,
  );
}

function readDocument(value: JsonValue, latencyMs: number): Output {
  if (!isJsonObject(value) || !('output' in value || 'error' in value || 'tool_calls' in value)) {
    return protocolError(
      `The reply is not an object with "output", "tool_calls" or "error". It begins: ${excerpt(JSON.stringify(value))}`,
      latencyMs,
    );
  }
  const checked = document.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const place = issue?.path.length ? ` at "${issue.path.join('.')}"` : '';
    return protocolError(`The reply is wrong${place}: ${issue?.message}`, latencyMs);
  }
  const reply = checked.data;
  const base = { ...completeOutput(reply.output ?? '', latencyMs), ...reported(reply) };
  if (reply.error === null || reply.error === undefined) return base;
  const { text, toolCalls, steps, usage, costUsd, finishReason } = base;
  return {
    ...{ text, toolCalls, steps, usage, costUsd, finishReason, latencyMs },
    status: 'error',
    error: agentError(reply.error),
  };
}

function completeOutput(answer: JsonValue, latencyMs: number): Extract<Output, { status: 'complete' }> {
  return typeof answer === 'string'
    ? { ...emptyOutput(), status: 'complete', text: answer, latencyMs }
    : { ...emptyOutput(), status: 'complete', text: JSON.stringify(answer), json: answer, latencyMs };
}

function reported(reply: ReplyDocument) {
  const steps = (reply.steps ?? []).map(
    ({ latency_ms, ...step }): Step => ({
      ...withoutUndefined(step),
      ...(latency_ms === undefined ? {} : { latencyMs: latency_ms }),
    }),
  );
  return {
    toolCalls: toolCalls(reply, steps),
    steps,
    usage: usage(reply),
    costUsd: reply.cost_usd ?? null,
    finishReason: reply.finish_reason ?? null,
    ...(reply.model ? { model: reply.model } : {}),
    ...(reply.metadata ? { metadata: reply.metadata } : {}),
  };
}

/** An agent that lists its steps need not list its tool calls a second time. */
function toolCalls(reply: ReplyDocument, steps: Step[]): ToolCall[] {
  if (reply.tool_calls) {
    return reply.tool_calls.map(({ id, name, arguments: given }) => ({
      ...(id === undefined ? {} : { id }),
      name,
      arguments: given ?? {},
    }));
  }
  return steps
    .filter((step) => step.type === 'tool' && step.name !== undefined)
    .map((step) => ({ name: step.name ?? '', arguments: step.arguments ?? {} }));
}

function usage({ usage: counts }: ReplyDocument): Usage | null {
  if (!counts) return null;
  return {
    inputTokens: counts.input_tokens,
    outputTokens: counts.output_tokens,
    ...(counts.cached_input_tokens === undefined ? {} : { cachedInputTokens: counts.cached_input_tokens }),
    ...(counts.cache_write_tokens === undefined ? {} : { cacheWriteTokens: counts.cache_write_tokens }),
    ...(counts.reasoning_tokens === undefined ? {} : { reasoningTokens: counts.reasoning_tokens }),
  };
}

function agentError(error: NonNullable<ReplyDocument['error']>): OutputError {
  if (typeof error === 'string') return { code: 'agent', message: error, transient: false };
  return { code: error.code ?? 'agent', message: error.message, transient: error.transient ?? false };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
