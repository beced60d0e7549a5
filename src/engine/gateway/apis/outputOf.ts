import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { emptyOutput, type Output } from '../../model/output.ts';
import { errorCode } from '../../models/errorCode.ts';
import { toReply } from '../../models/openai/toReply.ts';
import { emptyDraft, type ReplyDraft } from '../../models/wire/replyDraft.ts';
import { decide } from '../../resilience/classify.ts';
import { modelOutput } from '../../targets/prompt/modelOutput.ts';
import { looksLikeReply, readReply } from '../../targets/reply/agentReply.ts';
import type { FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ReplySummary } from './replyTap.ts';

/**
 * The answer of an exchange as evaluators take it: complete where the reply is whole and its model ended as models do (at its
 * limit or by a filter included, as its finish reason says); never where anything of it is missing.
 */
export function outputOf(exchange: FinishedExchange): Output {
  const { ending, reason, status, summary } = exchange;
  switch (ending) {
    case 'left':
    case 'cut':
      return incomplete(exchange, reason ?? (ending === 'left' ? 'the client left' : 'the reply broke off'));
    case 'failed':
      return failed(exchange, codeOf(status), reason ?? 'no upstream answered');
    case 'refused':
      return failed(exchange, 'rejected', reason ?? 'a policy refused the call');
    case 'timeout':
      return failed(exchange, 'timeout', reason ?? 'a time limit was reached');
    case 'empty':
      return failed(exchange, 'no-output', reason ?? 'the reply holds nothing');
    case 'done':
  }

  if (status === null || status < 200 || status >= 300)
    return failed(exchange, codeOf(status), reason ?? `the answer has the status ${status}`);
  if (summary === null) return failed(exchange, 'protocol', 'the reply was not read');
  if (summary.isTooLong) return incomplete(exchange, 'the reply is longer than is kept');
  return exchange.api === 'agent' ? agentOutput(exchange, summary) : answered(exchange, summary);
}

function answered(exchange: FinishedExchange, summary: ReplySummary): Output {
  const [finishReason = null] = summary.finishReasons;
  const model = summary.model ?? '';
  const measured = { latencyMs: exchange.durationMs, firstTokenMs: exchange.firstContentMs, reason: null };
  const reply = toReply(draftOf(summary, finishReason), { model, prices: undefined }, measured);

  const output = modelOutput(reply, { text: reply.text, ...defined({ json: jsonOf(reply.text) }) });
  return { ...output, usage: summary.usage, costUsd: exchange.costUsd };
}

/** As it was read; `toReply` judges what became of it. */
function draftOf(
  { text, isRefusal, toolCalls, usage, model, responseId }: ReplySummary,
  finishReason: string | null,
): ReplyDraft {
  return {
    ...emptyDraft(),
    text: isRefusal ? null : text,
    refusal: isRefusal ? (text ?? '') : '',
    calls: toolCalls.map(({ id, name, arguments: given }) => ({
      id,
      name,
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    })),
    finishReason,
    usage,
    model,
    id: responseId,
  };
}

/** The reply document of an agent where it is one, else data or a text. */
function agentOutput(exchange: FinishedExchange, { text }: ReplySummary): Output {
  if (text === null) return failed(exchange, 'protocol', 'the reply cannot be unpacked');
  const json = jsonOf(text);
  if (json !== undefined && looksLikeReply(json, { kind: 'json' }))
    return readReply(text, { kind: 'json' }, exchange.durationMs);

  return {
    ...emptyOutput(),
    ...defined({ json }),
    status: 'complete',
    text,
    latencyMs: exchange.durationMs,
    costUsd: exchange.costUsd,
  };
}

/** Structured data: an object or a list. */
function jsonOf(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = parseUntrustedJson(text);
    return isJsonObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function incomplete(exchange: FinishedExchange, reason: string): Output {
  return { ...partly(exchange), status: 'incomplete', reason };
}

function failed(exchange: FinishedExchange, code: string, message: string): Output {
  const transient = code === 'timeout' || code === 'server' || code === 'rate-limit' || code === 'network';
  return { ...partly(exchange), status: 'error', error: { code, message, transient } };
}

function partly({ summary, durationMs, costUsd }: FinishedExchange) {
  return {
    ...emptyOutput(),
    text: summary?.text ?? '',
    toolCalls: summary?.toolCalls ?? [],
    usage: summary?.usage ?? null,
    costUsd,
    latencyMs: durationMs,
    ...defined({ model: summary?.model ?? undefined }),
  };
}

function codeOf(status: number | null): string {
  if (status === null) return 'network';
  return errorCode(status, decide({ kind: 'status', status }, 0));
}
