import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { JsonValue } from '../model/json.ts';
import type { ToolCall } from '../model/message.ts';
import type { Usage } from '../model/output.ts';
import { ModelError } from './modelClient.ts';
import { parseReplyJson } from './replyJson.ts';

/** What arrived of a reply so far. Compatible servers leave fields out, so nothing is taken for granted. */
export interface ReplyDraft {
  text: string;
  refusal: string;
  calls: { id: string | undefined; name: string; text: string }[];
  finishReason: string | null;
  usage: Usage | null;
  model: string | null;
  responseId: string | null;
}

/** Characters of text and arguments; a reply beyond it is no reply but an attack or a fault. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

export function emptyDraft(): ReplyDraft {
  return {
    text: '',
    refusal: '',
    calls: [],
    finishReason: null,
    usage: null,
    model: null,
    responseId: null,
  };
}

/** True once the model has said anything. */
export function hasContent(draft: ReplyDraft): boolean {
  return draft.text !== '' || draft.refusal !== '' || draft.calls.length > 0;
}

/** Adds one streamed chunk. Throws ModelError `protocol` when the reply grows beyond all measure. */
export function addChunk(draft: ReplyDraft, chunk: ChatCompletionChunk): void {
  addHeader(draft, chunk);
  const choice = chunk.choices?.find((candidate) => (candidate.index ?? 0) === 0);
  if (choice === undefined) return;
  draft.text += choice.delta?.content ?? '';
  draft.refusal += choice.delta?.refusal ?? '';
  for (const fragment of choice.delta?.tool_calls ?? []) addFragment(draft, fragment);
  if (choice.finish_reason) draft.finishReason = choice.finish_reason;
  const size = draft.calls.reduce((sum, call) => sum + call.text.length, draft.text.length);
  if (size > MAX_CHARACTERS) {
    throw new ModelError('protocol', 'the reply is longer than 32 MiB', { transient: false });
  }
}

/** Adds a reply that came in one piece. */
export function addCompletion(draft: ReplyDraft, completion: ChatCompletion): void {
  const choice = completion?.choices?.[0];
  if (choice?.message === undefined) {
    throw new ModelError('protocol', "the provider's reply holds no message", { transient: false });
  }
  addHeader(draft, completion);
  draft.text = choice.message.content ?? '';
  draft.refusal = choice.message.refusal ?? '';
  for (const call of choice.message.tool_calls ?? []) {
    if (call.type === 'custom')
      draft.calls.push({ id: call.id, name: call.custom.name, text: call.custom.input });
    else draft.calls.push({ id: call.id, name: call.function.name, text: call.function.arguments });
  }
  draft.finishReason = choice.finish_reason || null;
}

/** The tool calls with parsed arguments; no text means no arguments, unparsable text stays text. */
export function toolCallsOf(draft: ReplyDraft): ToolCall[] {
  return draft.calls.map(({ id, name, text }) => ({
    ...(id === undefined ? {} : { id }),
    name,
    arguments: parseArguments(text),
  }));
}

type Fragment = NonNullable<ChatCompletionChunk.Choice.Delta['tool_calls']>[number];

/**
 * The first fragment of a call has its id and name, the later ones only more of its arguments. Some servers
 * omit the index and send whole calls; a new id then opens a new call.
 */
function addFragment(draft: ReplyDraft, fragment: Fragment): void {
  const position = (fragment.index as number | undefined) ?? positionById(draft, fragment.id);
  // A gap in the indexes would make empty calls; the next free place is what was meant.
  const index = Math.min(Math.max(0, position), draft.calls.length);
  const call = draft.calls[index] ?? { id: undefined, name: '', text: '' };
  draft.calls[index] = call;
  if (fragment.id) call.id = fragment.id;
  if (fragment.function?.name) call.name = fragment.function.name;
  call.text += fragment.function?.arguments ?? '';
}

function positionById(draft: ReplyDraft, id: string | undefined): number {
  if (id === undefined) return Math.max(0, draft.calls.length - 1);
  const known = draft.calls.findIndex((call) => call.id === id);
  return known < 0 ? draft.calls.length : known;
}

function addHeader(draft: ReplyDraft, part: ChatCompletion | ChatCompletionChunk): void {
  draft.model = part.model || draft.model;
  draft.responseId = part.id || draft.responseId;
  // Some servers send running totals with every chunk: the last one counts.
  draft.usage = readUsage(part.usage) ?? draft.usage;
}

function readUsage(usage: ChatCompletion['usage'] | null): Usage | null {
  if (!usage || !isCount(usage.prompt_tokens) || !isCount(usage.completion_tokens)) return null;
  const cached = usage.prompt_tokens_details?.cached_tokens;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens;
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    ...(isCount(cached) ? { cachedInputTokens: cached } : {}),
    ...(isCount(reasoning) ? { reasoningTokens: reasoning } : {}),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseArguments(text: string): JsonValue {
  if (text.trim() === '') return {};
  try {
    return parseReplyJson(text);
  } catch {
    return text;
  }
}
