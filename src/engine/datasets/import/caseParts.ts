import type { CaseMessage, ExpectedOutput } from '../../model/case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { CaseDraft } from './importFormat.ts';
import type { ImportTally } from './importTally.ts';
import type { SourceRecord } from './sourceRecord.ts';

/** What other tools call the speakers of a conversation. */
const ROLES: { [name: string]: string } = { human: 'user', ai: 'assistant', bot: 'assistant' };

/** Names under which tools keep the arguments of an expected call. */
const ARGUMENT_KEYS = ['arguments', 'args', 'input_parameters', 'inputParameters', 'input'];

/**
 * The input of a case: a text, a conversation, or variables by name. A number becomes a text, and a list that
 * is no conversation the variable `input`. Throws FileError where there is none.
 */
export function inputPart(
  value: JsonValue | undefined,
  record: SourceRecord,
  name: string,
): Pick<CaseDraft, 'input' | 'messages'> {
  if (value === undefined || value === null) {
    throw record.fail(`the record has no ${name}`, 'Give it an input, or remove it from the file.');
  }
  const messages = asMessages(value);
  if (messages) return { messages };
  if (isJsonObject(value)) return { input: value };
  if (Array.isArray(value)) return { input: { input: value } };
  return { input: String(value) };
}

/**
 * What is expected: a text is the reference answer, anything structured its JSON. Of several accepted answers
 * the first is the reference, and all are kept under `name`.
 */
export function answerPart(
  value: JsonValue | undefined,
  name: string,
  tally: ImportTally,
): Pick<CaseDraft, 'expected_output' | 'kept'> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) return { expected_output: { answer: answerText(value, tally) } };
  const [first, ...others] = value;
  if (first === undefined || !value.every((item) => typeof item !== 'object')) {
    return { expected_output: { answer: answerText(value, tally) } };
  }
  const expected_output = { answer: String(first) };
  // One text alone and one in a list are told apart, so that an export gives back what there was.
  if (others.length > 0) tally.note('several answers are accepted: the first became the reference answer');
  return { expected_output, kept: { [name]: value } };
}

/** Expected calls as `{ name, arguments }`; undefined when an entry has no name. */
export function toolCallsPart(value: JsonValue | undefined): ExpectedOutput['tool_calls'] | undefined {
  if (!Array.isArray(value)) return undefined;
  const calls = value.flatMap((item) => {
    const call = typeof item === 'string' ? { name: item } : item;
    if (!isJsonObject(call) || typeof call['name'] !== 'string' || call['name'] === '') return [];
    const key = ARGUMENT_KEYS.find((candidate) => call[candidate] !== undefined && call[candidate] !== null);
    const given = key === undefined ? undefined : call[key];
    return [{ name: call['name'], ...(given === undefined ? {} : { arguments: given }) }];
  });
  return calls.length === value.length ? calls : undefined;
}

/** Whether the value is a list of messages. */
export function isConversation(value: JsonValue | undefined): boolean {
  return asMessages(value) !== undefined;
}

function asMessages(value: JsonValue | undefined): CaseMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const messages = value.map(asMessage);
  return messages.every((message) => message !== undefined) ? messages : undefined;
}

/** `{ role, content }`, or LangChain's `{ type: human, content }`. */
function asMessage(value: JsonValue): CaseMessage | undefined {
  if (!isJsonObject(value)) return undefined;
  const { role, type, content, ...more } = value;
  const speaker = typeof role === 'string' ? role : type;
  if (typeof speaker !== 'string' || speaker === '' || content === undefined) return undefined;
  const kept: JsonObject = typeof role === 'string' && type !== undefined ? { type, ...more } : more;
  return { role: ROLES[speaker] ?? speaker, content, ...kept };
}

function answerText(value: JsonValue, tally: ImportTally): string {
  if (typeof value !== 'object') return String(value);
  tally.note('structured data is expected: the reference answer is its JSON');
  return JSON.stringify(value);
}
