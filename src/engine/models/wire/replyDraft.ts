import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { ToolCall } from '../../model/message.ts';
import type { Usage } from '../../model/output.ts';
import { ModelError } from '../modelClient.ts';
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
  calls: { id: string | undefined; name: string; text: string; index: number | undefined }[];
  finishReason: string | null;
  /** What the provider says went wrong on the way. */
  fault: string | null;
  usage: Usage | null;
  model: string | null;
  responseId: string | null;
}

/** Characters of text, reasoning and arguments; a reply beyond it is no reply but an attack or a fault. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
const MAX_CALLS = 1000;
/** Characters of what a server says of its failure. */
const MAX_MESSAGE = 1000;

export function emptyDraft(): ReplyDraft {
  return {
    text: null,
    refusal: '',
    reasoning: 0,
    calls: [],
    finishReason: null,
    fault: null,
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
  if (part['object'] === 'error') throw failed({ error: part }) ?? unreadable('it is an error');
  addHeader(draft, part);
  const choices = listAt(part['choices'], 'choices').map((one) => fieldsAt(one, 'choices[0]'));
  const choice = choices.find(({ index }) => (index ?? 0) === 0);
  if (choice === undefined) return;

  // Some proxies stream whole messages; beside a delta, a message repeats it.
  const whole = hasContent(draft) ? undefined : choice['message'];
  const [message, name] = choice['delta'] ? [choice['delta'], 'delta'] : [whole ?? {}, 'message'];
  addMessage(draft, message, `choices[0].${name}`, addFragment);
  draft.finishReason = finishReasonOf(choice) ?? draft.finishReason;
  draft.fault = faultOf(choice) ?? draft.fault;
}

/** Adds a reply that came in one piece. Throws ModelError `protocol` as `addChunk` does. */
export function addCompletion(draft: ReplyDraft, completion: unknown): void {
  const whole = fieldsAt(completion, 'it');
  const choices = listAt(whole['choices'], 'choices').map((one) => fieldsAt(one, 'choices[0]'));
  const fields = choices.find(({ index }) => (index ?? 0) === 0) ?? choices[0];
  if (fields === undefined) throw failed(whole) ?? unreadable('it holds no message');
  addHeader(draft, whole);

  addMessage(draft, fields['message'], 'choices[0].message', addCall);
  draft.finishReason = finishReasonOf(fields) ?? null;
  draft.fault = faultOf(fields);
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
    index: undefined,
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
  const name = nameOf(given, place) || undefined;
  const index = indexOf(fragment, at);
  const call = openCall(draft, { index, id, name }) ?? newCall(draft, index);
  call.id = id ?? call.id;
  call.name = name ?? call.name;
  call.text += textAt(given['arguments'], `${place}.arguments`) ?? '';
}

type Call = ReplyDraft['calls'][number];

/**
 * The call that a fragment continues: the last of its index, else of its id, else the last. Not where the fragment has a
 * name and another id, or no id while the call is whole: some servers give every call the index 0.
 */
function openCall(
  { calls }: ReplyDraft,
  { index, id, name }: { index: number | undefined; id: string | undefined; name: string | undefined },
): Call | undefined {
  const known = index === undefined && id !== undefined ? calls.find((call) => call.id === id) : undefined;
  if (index === undefined && id !== undefined) return known;
  const call = index === undefined ? calls.at(-1) : calls.findLast((one) => one.index === index);
  if (call === undefined || name === undefined || call.name === '') return call;
  const isOther = id === undefined ? isWhole(call.text) : call.id !== undefined && call.id !== id;
  return isOther ? undefined : call;
}

function newCall({ calls }: ReplyDraft, index: number | undefined): Call {
  const call: Call = { id: undefined, name: '', text: '', index };
  calls.push(call);
  return call;
}

function isWhole(text: string): boolean {
  try {
    parseReplyJson(text);
    return true;
  } catch {
    return false;
  }
}

function nameOf(given: Fields, at: string): string | undefined {
  return textAt(given['name'], `${at}.name`);
}

function indexOf({ index }: Fields, at: string): number | undefined {
  if (index === undefined || index === null) return undefined;
  if (typeof index === 'number' && Number.isFinite(index)) return Math.max(0, Math.trunc(index));
  throw malformed(`${at}.index`, index, 'a number');
}

function addHeader(draft: ReplyDraft, part: Fields): void {
  const { model, id, usage } = part;
  if (typeof model === 'string' && model !== '') draft.model = model;
  if (typeof id === 'string' && id !== '') draft.responseId = id;
  // Some servers send running totals with every chunk: the last one counts.
  draft.usage = readUsage(usage) ?? draft.usage;
}

/** The failure that a server reports in place of a reply, with status 200. */
function failed({ error }: Fields): ModelError | undefined {
  const message = messageOf(error);
  return message === undefined ? undefined : new ModelError('server', message, { transient: true });
}

/** What a server says of a choice that broke off. */
function faultOf({ error }: Fields): string | null {
  return messageOf(error) ?? null;
}

function messageOf(error: unknown): string | undefined {
  const text = isJsonObject(error) ? error['message'] : error;
  return typeof text === 'string' && text !== '' ? text.slice(0, MAX_MESSAGE) : undefined;
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
