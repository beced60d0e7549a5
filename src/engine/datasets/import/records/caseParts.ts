import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { CaseDraft } from '../importFormat.ts';
import type { ImportTally } from '../importTally.ts';
import { suggestedMap } from '../source/suggestedMap.ts';
import { asMessage, asMessages, messageText, toolCallsPart } from './foreignMessage.ts';
import type { SourceRecord } from './sourceRecord.ts';

/**
 * The input of a case: a string, a conversation, or variables by name. A number becomes a string, and a list that is
 * not a conversation becomes the variable `input`. Throws FileError if there is none.
 */
export function inputPart(
  value: JsonValue | undefined,
  record: SourceRecord,
  name: string,
): Pick<CaseDraft, 'input' | 'messages'> {
  if (value === undefined || value === null) {
    const map = suggestedMap(record.value);
    const remedy = 'Give it an input, or remove it from the file.';
    throw record.fail(`the record has no ${name}`, map ? `Specify the input: ${map}` : remedy);
  }
  const messages = asMessages(value);
  if (messages) return { messages };
  if (isJsonObject(value)) return variablesPart(value);
  if (Array.isArray(value)) return { input: { input: value } };
  return { input: String(value) };
}

/**
 * The expectation: a string is the reference answer, a message its content and calls, anything structured its JSON. Of
 * several accepted answers, the first is the reference and all are kept under `name`.
 */
export function answerPart(
  value: JsonValue | undefined,
  name: string,
  tally: ImportTally,
): Pick<CaseDraft, 'expected_output' | 'kept'> {
  if (value === undefined || value === null) return {};
  const message = asMessage(value) ?? asMessages(value)?.at(-1);
  if (message?.role === 'assistant') return messagePart(message, value, name);
  if (!Array.isArray(value)) return { expected_output: { answer: answerText(value, tally) } };

  const [first, ...others] = value;
  if (first === undefined) {
    tally.note('the list of expected answers is empty, so the case has no reference answer');
    return { kept: { [name]: value } };
  }

  if (!value.every((item) => typeof item !== 'object')) {
    return { expected_output: { answer: answerText(value, tally) } };
  }

  const expected_output = { answer: String(first) };
  // A single string and a list of one string are distinguished, so that an export can restore them.
  if (others.length > 0) tally.note('several answers are accepted; the first is the reference answer');

  return { expected_output, kept: { [name]: value } };
}

/** Whether the value is a list of messages. */
export function isConversation(value: JsonValue | undefined): boolean {
  return asMessages(value) !== undefined;
}

/**
 * A conversation under `messages` or `input` without other fields is the conversation; with others, it is a variable.
 */
function variablesPart(value: JsonObject): Pick<CaseDraft, 'input' | 'messages'> {
  const entries = Object.entries(value);
  const [only, ...others] = entries;
  const alone = only && others.length === 0 && /^(?:messages|input|chat_history)$/.test(only[0]);
  const messages = alone ? asMessages(only[1]) : undefined;
  if (messages) return { messages };

  const read = entries.map(([key, item]) => [key, (asMessages(item) as JsonValue[] | undefined) ?? item]);
  return { input: Object.fromEntries(read) };
}

function messagePart(
  message: NonNullable<ReturnType<typeof asMessage>>,
  value: JsonValue,
  name: string,
): Pick<CaseDraft, 'expected_output' | 'kept'> {
  const answer = messageText(message);
  const tool_calls = toolCallsPart(message['tool_calls'] as JsonValue | undefined);
  const hasCalls = tool_calls !== undefined && tool_calls.length > 0;
  const expected_output = {
    ...(answer === '' ? {} : { answer }),
    ...(hasCalls ? { tool_calls } : {}),
  };
  const isPlain = isJsonObject(value) && Object.keys(value).every((key) => ['role', 'content'].includes(key));
  return { expected_output, ...(isPlain ? {} : { kept: { [name]: value } }) };
}

function answerText(value: JsonValue, tally: ImportTally): string {
  if (typeof value !== 'object') return String(value);
  tally.note('structured data is expected; the reference answer is its JSON');
  return JSON.stringify(value);
}
