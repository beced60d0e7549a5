import { isJsonObject } from '../../model/json.ts';
import { decide, statusOf } from '../../resilience/classify.ts';
import { errorCode } from '../errorCode.ts';
import { ModelError } from '../modelClient.ts';
import { CallSlots } from './callSlots.ts';
import { readContent } from './replyContent.ts';
import { beyondMeasure, type Fields, fieldsAt, listAt, textAt, unreadable } from './replyFields.ts';
import { partSize, type ReplyPart } from './replyPart.ts';
import { readUsage } from './replyUsage.ts';

/** Characters of text, reasoning and arguments; a reply beyond it is no reply but an attack or a fault. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** Characters of what a server says of its failure. */
const MAX_MESSAGE = 1000;

/**
 * Reads one reply in the form of OpenAI's chat completions, whole or chunk by chunk. Compatible servers leave fields out
 * and have forms of their own, so nothing is taken for granted. Of several choices the first is read. Throws ModelError
 * `protocol` for what is not of the form that it should be, or grows beyond all measure, and the code of an error in
 * place of a reply, `server` unless it says what kind of error it is.
 */
export class ReplyReader {
  readonly #calls = new CallSlots();
  #characters = 0;
  #hasContent = false;

  /** One chunk of a stream, parsed. */
  chunk(value: unknown): ReplyPart[] {
    const chunk = fieldsAt(value, 'a chunk');
    if (chunk['object'] === 'error') throw failed({ error: chunk }) ?? unreadable('it is an error');
    if (chunk['error']) throw errorEvent(chunk['error']);

    const choices = listAt(chunk['choices'], 'choices').map((one) => fieldsAt(one, 'choices[0]'));
    const choice = choices.find(({ index }) => (index ?? 0) === 0);
    if (choice === undefined) return this.#counted(headOf(chunk));

    // Some proxies stream whole messages; beside a delta, a message repeats it.
    const whole = this.#hasContent ? undefined : choice['message'];
    const [message, name] = choice['delta'] ? [choice['delta'], 'delta'] : [whole ?? {}, 'message'];
    const said = this.#message(message, `choices[0].${name}`, (call, at) => this.#calls.add(call, at));
    return this.#counted([...headOf(chunk), ...said, ...endOf(choice)]);
  }

  /** A reply that came in one piece, parsed. */
  completion(value: unknown): ReplyPart[] {
    const completion = fieldsAt(value, 'it');
    const choices = listAt(completion['choices'], 'choices').map((one) => fieldsAt(one, 'choices[0]'));
    const choice = choices.find(({ index }) => (index ?? 0) === 0) ?? choices[0];
    if (choice === undefined) throw failed(completion) ?? unreadable('it holds no message');

    const said = this.#message(choice['message'], 'choices[0].message', (call, at) =>
      this.#calls.addWhole(call, at),
    );
    return this.#counted([...headOf(completion), ...said, ...endOf(choice)]);
  }

  #message(message: unknown, at: string, add: (call: Fields, at: string) => ReplyPart): ReplyPart[] {
    const fields = fieldsAt(message, at);
    const parts = readContent(fields, at);
    for (const [index, call] of listAt(fields['tool_calls'], `${at}.tool_calls`).entries()) {
      const place = `${at}.tool_calls[${index}]`;
      parts.push(add(fieldsAt(call, place), place));
    }
    // The form before there were tools.
    const called = fields['function_call'] ?? undefined;
    if (called !== undefined) parts.push(add({ function: called }, at));
    return parts;
  }

  #counted(parts: ReplyPart[]): ReplyPart[] {
    for (const part of parts) {
      this.#characters += partSize(part);
      this.#hasContent ||= partSize(part) > 0 || part.type === 'reasoning' || part.type === 'tool-call';
    }
    if (this.#characters > MAX_CHARACTERS) throw beyondMeasure('the reply is longer than 32 MiB');
    return parts;
  }
}

function headOf({ model, id, usage }: Fields): ReplyPart[] {
  const parts: ReplyPart[] = [];
  const head = { model: nonEmpty(model), id: nonEmpty(id) };
  if (head.model !== null || head.id !== null) parts.push({ type: 'head', ...head });

  // Some servers send running totals with every chunk.
  const counted = readUsage(usage);
  if (counted) parts.push({ type: 'usage', usage: counted });
  return parts;
}

/** How the choice ended, where it has. No text, or an empty one, is no reason. */
function endOf(choice: Fields): ReplyPart[] {
  const parts: ReplyPart[] = [];
  const fault = messageOf(choice['error']);
  if (fault !== undefined) parts.push({ type: 'fault', message: fault });

  const reason = textAt(choice['finish_reason'], 'choices[0].finish_reason');
  if (reason) parts.push({ type: 'finish', reason });
  return parts;
}

/** The failure that a server reports in place of a reply, with status 200. */
function failed({ error }: Fields): ModelError | undefined {
  const message = messageOf(error);
  if (message === undefined) return undefined;

  const said = isJsonObject(error) ? error : { message };
  const decision = decide({ kind: 'error-event', said }, 0);
  return new ModelError(errorCode(statusOf(said), decision), message, { decision });
}

/** An error in place of a chunk: the provider failed after it had accepted the call. */
export function errorEvent(error: unknown): ModelError {
  return failed({ error }) ?? failed({ error: jsonOf(error) }) ?? unreadable('it is an error');
}

/** Undefined for what is nested so deep that it cannot be written down. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string | undefined {
  const text = isJsonObject(error) ? error['message'] : error;
  return typeof text === 'string' && text !== '' ? text.slice(0, MAX_MESSAGE) : undefined;
}

function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
