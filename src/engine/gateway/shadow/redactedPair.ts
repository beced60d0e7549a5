import { contentHash } from '../../model/hash.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { isNestedDeeper, MAX_REPLY_DEPTH } from '../../model/jsonDepth.ts';
import type { ToolCall } from '../../model/message.ts';
import { findSensitive, redacted } from '../../traces/sensitiveData.ts';
import type { ReplySummary } from '../apis/replyTap.ts';
import type { ExchangeRequest, FinishedExchange } from '../exchange/finishedExchange.ts';
import type { ShadowPair, ToolDivergence } from './shadowPair.ts';

/** The pair without secrets and personal data. What cannot be searched, such as the pieces of a stream, is left out: summaries have it whole. */
export function redactedPair({ primary, candidate, candidateCalls, divergence }: ShadowPair): ShadowPair {
  const calls = candidateCalls.map(redactedExchange);
  const last = candidateCalls.indexOf(candidate);
  return {
    primary: redactedExchange(primary),
    candidate: calls[last] ?? redactedExchange(candidate),
    candidateCalls: calls,
    divergence: divergence && redactedDivergence(divergence),
  };
}

function redactedExchange(exchange: FinishedExchange): FinishedExchange {
  const { request, reply, summary, stickyKey, reason } = exchange;
  return {
    ...exchange,
    reason: reason && redactedText(reason),
    request: redactedRequest(request),
    reply: reply && { headers: redactedHeaders(reply.headers), body: redactedBody(reply.body) },
    summary: summary && redactedSummary(summary),
    // May be a person's name or address; it still tells sessions apart.
    stickyKey: stickyKey && contentHash(stickyKey).slice(0, 32),
  };
}

function redactedRequest({ method, target, headers, body }: ExchangeRequest): ExchangeRequest {
  return {
    method,
    target: redactedTarget(target),
    headers: redactedHeaders(headers),
    body: redactedBody(body),
  };
}

function redactedSummary(summary: ReplySummary): ReplySummary {
  return {
    ...summary,
    text: summary.text && redactedText(summary.text),
    toolCalls: summary.toolCalls.map((call) => ({ ...call, ...redactedCall(call) })),
  };
}

function redactedDivergence({ at, wanted, recorded }: ToolDivergence): ToolDivergence {
  return { at, wanted: redactedCall(wanted), recorded: recorded && redactedCall(recorded) };
}

function redactedCall({ name, arguments: given }: Pick<ToolCall, 'name' | 'arguments'>) {
  // A model may write anything there.
  return { name: redactedText(name), arguments: redactedJson(given) };
}

function redactedHeaders(headers: { readonly [name: string]: string }): { [name: string]: string } {
  const safe: JsonObject = { ...headers };
  return Object.fromEntries(
    Object.entries(redacted(safe, findSensitive(safe))).map(([name, value]) => [name, String(value)]),
  );
}

/** JSON, or text; anything else is left out, and so is a stream. */
function redactedBody(body: Buffer | null): Buffer | null {
  if (!body) return null;
  const text = body.toString('utf8');
  if (text.includes('\ufffd') || /^(?:event|data|id|retry)?:/m.test(text.slice(0, 4096))) return null;
  return Buffer.from(redactedText(text));
}

/** JSON within a text, such as the arguments of a tool, is searched as what it is. */
function redactedText(text: string): string {
  const value = nested(text);
  if (value !== undefined) return JSON.stringify(redactedJson(value));
  return redacted(text, findSensitive(text));
}

function redactedJson(value: JsonValue): JsonValue {
  const inner = withInner(value);
  return redacted(inner, findSensitive(inner));
}

function withInner(value: JsonValue): JsonValue {
  if (typeof value === 'string') return nested(value) === undefined ? value : redactedText(value);
  if (Array.isArray(value)) return value.map(withInner);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withInner(item)]));
}

function nested(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text) || isNestedDeeper(text, MAX_REPLY_DEPTH)) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function redactedTarget(target: string): string {
  const [path = '', query] = target.split(/\?(.*)/s, 2);
  if (query === undefined) return redacted(path, findSensitive(path));
  const fields: JsonObject = Object.fromEntries(new URLSearchParams(query));
  const safe = redacted(fields, findSensitive(fields));
  return `${path}?${new URLSearchParams(Object.fromEntries(Object.entries(safe).map(([key, value]) => [key, String(value)])))}`;
}
