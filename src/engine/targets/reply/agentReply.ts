import { z } from 'zod';
import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ToolCall } from '../../model/message.ts';
import { emptyOutput, type Output, type OutputError, type Step } from '../../model/output.ts';
import { type ResponsePaths, readForeignReply } from './foreignReply.ts';
import { ReplyProblem, readArguments, readToolCalls, readToolName } from './toolCallForms.ts';
import { readUsage } from './usageForms.ts';

/**
 * `json`: the reply document below. `text`: everything is the answer.
 * `path`: any JSON; the values at the paths (foreignReply.ts) are the answer and what goes with it.
 */
export type ReplyForm = { kind: 'json' } | { kind: 'text' } | { kind: 'path'; paths: ResponsePaths };

const json = z.custom<JsonValue>((value) => value !== undefined);

/** The reply document of an agent. Unknown keys are ignored; null means "not reported". */
const document = z.object({
  output: json.nullish(),
  tool_calls: json.nullish(),
  toolCalls: json.nullish(),
  steps: z
    .array(
      z.looseObject({
        type: z.enum(['tool', 'model', 'message']),
        output: json.nullish(),
        latency_ms: z.number().nonnegative().nullish(),
      }),
    )
    .nullish(),
  usage: json.nullish(),
  cost_usd: z.number().nonnegative().nullish(),
  finish_reason: z.string().nullish(),
  model: z.string().nullish(),
  metadata: z.record(z.string(), json).nullish(),
  error: z
    .union([
      z.string(),
      z.object({ message: z.string(), code: z.string().nullish(), transient: z.boolean().nullish() }),
    ])
    .nullish(),
});
type ReplyDocument = z.infer<typeof document>;

/**
 * Turns what an agent answered into an output. Never throws: an unreadable reply is a `protocol` error. `redact` takes
 * keys out of what such an error quotes, before it is cut short.
 */
export function readReply(
  text: string,
  form: ReplyForm,
  latencyMs: number,
  redact: (text: string) => string = (quoted) => quoted,
): Output {
  if (form.kind === 'text') return completeOutput(text, latencyMs);
  try {
    const value = parse(text);
    return form.kind === 'path' ? readPicked(value, form, latencyMs) : readDocument(value, latencyMs);
  } catch (error) {
    if (!(error instanceof ReplyProblem)) throw error;
    return errorOutput('protocol', `${error.message} It begins: ${excerpt(redact(text))}`, latencyMs);
  }
}

/** Whether a value is a reply in this form, as far as one can tell without reading it. */
export function looksLikeReply(value: JsonValue, form: ReplyForm): boolean {
  if (!isJsonObject(value)) return false;
  if (form.kind === 'json') return isDocument(value);
  return form.kind === 'path' && (saysError(value) || hasAnswer(readLeniently(value, form.paths)));
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

function parse(text: string): JsonValue {
  try {
    return parseUntrustedJson(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The engine quotes a piece of the text, which may be half a key.
    const told = reason.replace(/,? (?:\.\.\.)?"[\s\S]*is not valid JSON$/, '');
    throw new ReplyProblem(`The reply is not usable JSON: ${told}.`);
  }
}

function readPicked(value: JsonValue, { paths }: { paths: ResponsePaths }, latencyMs: number): Output {
  const { text, model, ...rest } = readForeignReply(value, paths);
  if (saysError(value)) {
    const message = typeof text === 'string' && text !== '' ? text : 'The agent says that it failed.';
    return {
      ...errorOutput('agent', message, latencyMs),
      ...rest,
      ...defined({ model: model ?? undefined }),
    };
  }
  if (text === undefined && rest.toolCalls.length === 0) {
    throw new ReplyProblem(`The reply has no value at "${paths.text}".`);
  }
  return { ...completeOutput(text ?? '', latencyMs), ...rest, ...defined({ model: model ?? undefined }) };
}

/** Claude Code and others give what went wrong where the answer would stand. */
function saysError(value: JsonValue): boolean {
  return isJsonObject(value) && (value['is_error'] === true || value['isError'] === true);
}

function readLeniently(value: JsonValue, paths: ResponsePaths) {
  try {
    return readForeignReply(value, paths);
  } catch (error) {
    if (error instanceof ReplyProblem) return undefined;
    throw error;
  }
}

function hasAnswer(reply: ReturnType<typeof readLeniently>): boolean {
  return reply !== undefined && (reply.text !== undefined || reply.toolCalls.length > 0);
}

function isDocument(value: JsonObject): boolean {
  return 'output' in value || 'error' in value || 'tool_calls' in value;
}

function readDocument(value: JsonValue, latencyMs: number): Output {
  if (!isJsonObject(value) || !isDocument(value)) {
    throw new ReplyProblem('The reply is not an object with "output", "tool_calls" or "error".');
  }

  const checked = document.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const place = issue?.path.length ? ` at "${issue.path.join('.')}"` : '';
    throw new ReplyProblem(`The reply is wrong${place}: ${issue?.message}.`);
  }

  const reply = checked.data;
  const base = { ...completeOutput(reply.output ?? '', latencyMs), ...reported(reply) };
  if (reply.error === null || reply.error === undefined) return base;

  const { text, toolCalls, steps, usage, costUsd, finishReason, model } = base;
  return {
    ...{ text, toolCalls, steps, usage, costUsd, finishReason, latencyMs },
    ...defined({ model }),
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
  const steps = (reply.steps ?? []).map((step, index) => readStep(step, `steps.${index}`));
  return {
    toolCalls: toolCalls(reply, steps),
    steps,
    usage: readUsage(reply.usage ?? null, 'usage'),
    costUsd: reply.cost_usd ?? null,
    finishReason: reply.finish_reason ?? null,
    ...defined({ model: reply.model || undefined, metadata: reply.metadata ?? undefined }),
  };
}

function readStep(step: NonNullable<ReplyDocument['steps']>[number], at: string): Step {
  const { type, output, latency_ms: latencyMs } = step;
  // It was parsed from JSON, so it is JSON.
  const own = step as JsonObject;
  const given = type === 'tool' ? readArguments(own, at) : own['arguments'];
  const name = readToolName(own);
  return {
    type,
    ...defined({ name }),
    ...(given === undefined || given === null ? {} : { arguments: given }),
    ...(output === undefined || output === null ? {} : { output }),
    ...(typeof latencyMs === 'number' ? { latencyMs } : {}),
  };
}

/** An agent that lists its steps need not list its tool calls a second time. */
function toolCalls(reply: ReplyDocument, steps: Step[]): ToolCall[] {
  for (const key of ['tool_calls', 'toolCalls'] as const) {
    const listed = reply[key];
    if (listed !== undefined && listed !== null) return readToolCalls(listed, key);
  }
  return steps
    .filter((step) => step.type === 'tool' && step.name !== undefined)
    .map((step) => ({ name: step.name ?? '', arguments: step.arguments ?? {} }));
}

function agentError(error: NonNullable<ReplyDocument['error']>): OutputError {
  if (typeof error === 'string') return { code: 'agent', message: error, transient: false };
  return { code: error.code ?? 'agent', message: error.message, transient: error.transient ?? false };
}
