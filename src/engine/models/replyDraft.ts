import type { JsonValue } from '../model/json.ts';
import type { ToolCall } from '../model/message.ts';
import type { Usage } from '../model/output.ts';
import { ModelError } from './modelClient.ts';
import { readContent } from './replyContent.ts';
import { type Fields, fieldsAt, listAt, malformed, textAt, unreadable } from './replyFields.ts';
import { parseReplyJson } from './replyJson.ts';
import { readUsage } from './replyUsage.ts';

/** What arrived of a reply so far. Compatible servers leave fields out, so nothing is taken for granted. */
export interface ReplyDraft {
  /** Null until there is a text, which may be empty. */
  text: string | null;
  refusal: string;
  /** Characters of reasoning, which is no part of the answer. */
  reasoning: number;
  calls: { id: string | undefined; name: string; text: string }[];
  finishReason: string | null;
  usage: Usage | null;
  model: string | null;
  responseId: string | null;
}

/** Characters of text, reasoning and arguments; a reply beyond it is no reply but an attack or a fault. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
const MAX_CALLS = 1000;

export function emptyDraft(): ReplyDraft {
  return {
    text: null,
    refusal: '',
    reasoning: 0,
    calls: [],
    finishReason: null,
    usage: null,
    model: null,
    responseId: null,
  };
}

/** True once the model has said anything, be it reasoning. */
export function hasContent(draft: ReplyDraft): boolean {
  return isAnswer(draft) || draft.reasoning > 0;
}

/** True when there is something that a person would call an answer. */
export function isAnswer({ text, refusal, calls }: ReplyDraft): boolean {
  return (text ?? '') !== '' || refusal !== '' || calls.length > 0;
}

/**
 * Adds one streamed chunk. Throws ModelError `protocol` when it is not of the form that it should be, or the reply
 * grows beyond all measure.
 */
export function addChunk(draft: ReplyDraft, chunk: unknown): void {
  const part = fieldsAt(chunk, 'a chunk');
  addHeader(draft, part);
  const choices = listAt(part['choices'], 'choices').map((one) => fieldsAt(one, 'choices[0]'));
  const choice = choices.find(({ index }) => (index ?? 0) === 0);
  if (choice === undefined) return;

  addMessage(draft, choice['delta'] ?? {}, 'choices[0].delta', addFragment);
  draft.finishReason = finishReasonOf(choice) ?? draft.finishReason;
}

/** Adds a reply that came in one piece. Throws ModelError `protocol` as `addChunk` does. */
export function addCompletion(draft: ReplyDraft, completion: unknown): void {
  const whole = fieldsAt(completion, 'it');
  const [choice] = listAt(whole['choices'], 'choices');
  if (choice === undefined) throw unreadable('it holds no message');
  addHeader(draft, whole);

  const fields = fieldsAt(choice, 'choices[0]');
  addMessage(draft, fields['message'], 'choices[0].message', addCall);
  draft.finishReason = finishReasonOf(fields) ?? null;
}

/** The tool calls with parsed arguments; no text means no arguments, unparsable text stays text. */
export function toolCallsOf(draft: ReplyDraft): ToolCall[] {
  return draft.calls.map(({ id, name, text }) => ({
    ...(id === undefined ? {} : { id }),
    name,
    arguments: parseArguments(text),
  }));
}

type AddCall = (draft: ReplyDraft, call: Fields, at: string) => void;

function addMessage(draft: ReplyDraft, message: unknown, at: string, add: AddCall): void {
  const fields = fieldsAt(message, at);
  const said = readContent(fields, at);
  if (said.text !== null) draft.text = (draft.text ?? '') + said.text;
  draft.refusal += said.refusal;
  draft.reasoning += said.reasoning;

  for (const [index, call] of listAt(fields['tool_calls'], `${at}.tool_calls`).entries()) {
    const place = `${at}.tool_calls[${index}]`;
    add(draft, fieldsAt(call, place), place);
  }
  // The form before there were tools.
  const called = fields['function_call'] ?? undefined;
  if (called !== undefined) add(draft, { function: called }, at);
  checkSize(draft);
}

function addCall(draft: ReplyDraft, call: Fields, at: string): void {
  const custom = call['type'] === 'custom';
  const place = `${at}.${custom ? 'custom' : 'function'}`;
  const given = fieldsAt(custom ? call['custom'] : call['function'], place);
  const argument = custom ? 'input' : 'arguments';
  draft.calls.push({
    id: textAt(call['id'], `${at}.id`),
    name: nameOf(given, place) ?? '',
    text: textAt(given[argument], `${place}.${argument}`) ?? '',
  });
}

/**
 * The first fragment of a call has its id and name, the later ones only more of its arguments. Some servers
 * omit the index and send whole calls; a new id then opens a new call.
 */
function addFragment(draft: ReplyDraft, fragment: Fields, at: string): void {
  const id = textAt(fragment['id'], `${at}.id`) || undefined;
  const place = `${at}.function`;
  const given = fieldsAt(fragment['function'] ?? {}, place);
  const position = indexOf(fragment, at) ?? positionById(draft, id);

  // A gap in the indexes would make empty calls; the next free place is what was meant.
  const index = Math.min(position, draft.calls.length);
  const call = draft.calls[index] ?? { id: undefined, name: '', text: '' };
  draft.calls[index] = call;
  call.id = id ?? call.id;
  call.name = nameOf(given, place) || call.name;
  call.text += textAt(given['arguments'], `${place}.arguments`) ?? '';
}

function nameOf(given: Fields, at: string): string | undefined {
  return textAt(given['name'], `${at}.name`);
}

function indexOf({ index }: Fields, at: string): number | undefined {
  if (index === undefined || index === null) return undefined;
  if (typeof index === 'number' && Number.isFinite(index)) return Math.max(0, Math.trunc(index));
  throw malformed(`${at}.index`, index, 'a number');
}

function positionById(draft: ReplyDraft, id: string | undefined): number {
  if (id === undefined) return Math.max(0, draft.calls.length - 1);
  const known = draft.calls.findIndex((call) => call.id === id);
  return known < 0 ? draft.calls.length : known;
}

function addHeader(draft: ReplyDraft, part: Fields): void {
  const { model, id, usage } = part;
  if (typeof model === 'string' && model !== '') draft.model = model;
  if (typeof id === 'string' && id !== '') draft.responseId = id;
  // Some servers send running totals with every chunk: the last one counts.
  draft.usage = readUsage(usage) ?? draft.usage;
}

/** No text, or an empty one, is no reason. */
function finishReasonOf(choice: Fields): string | undefined {
  return textAt(choice['finish_reason'], 'choices[0].finish_reason') || undefined;
}

function checkSize({ text, refusal, reasoning, calls }: ReplyDraft): void {
  const said = (text ?? '').length + refusal.length + reasoning;
  const size = calls.reduce((sum, call) => sum + call.name.length + call.text.length, said);
  if (size > MAX_CHARACTERS) throw tooMuch('the reply is longer than 32 MiB');
  if (calls.length > MAX_CALLS) throw tooMuch(`the reply holds more than ${MAX_CALLS} tool calls`);
}

function tooMuch(message: string): ModelError {
  return new ModelError('protocol', message, { transient: false });
}

function parseArguments(text: string): JsonValue {
  if (text.trim() === '') return {};
  try {
    return parseReplyJson(text);
  } catch {
    return text;
  }
}
