import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { endingOf } from '../../../models/wire/finishReasons.ts';
import type { ReplyPart } from '../../../models/wire/replyPart.ts';
import { ReplyReader } from '../../../models/wire/replyReader.ts';
import { readUsage } from '../../../models/wire/replyUsage.ts';
import type { ErrorWords } from '../../../resilience/classify.ts';
import { errorWords } from './errorWords.ts';
import type { EventMeaning, ReplyForm } from './replyForm.ts';
import { fieldsOf, type ReplyNotes, saidIn } from './replyNotes.ts';

/** Chat completions, as OpenAI and those who speak like it send them. */
export class ChatForm implements ReplyForm {
  readonly endNames: ReadonlySet<string> = new Set();
  readonly #reader = new ReplyReader();
  readonly #notes: ReplyNotes;
  /** Choices that have begun and not finished. */
  readonly #open = new Set<number>();

  constructor(notes: ReplyNotes) {
    this.#notes = notes;
  }

  get isFinished(): boolean {
    return this.#notes.isFinished && this.#open.size === 0;
  }

  event(name: string | undefined, value: JsonObject): EventMeaning {
    const error = errorIn(name, value);
    const choices = choicesOf(value);
    this.#note(value, choices, () => this.#reader.chunk(value));
    if (error) return { error };

    const isUsageOnly = choices.length === 0 && isJsonObject(value['usage']);
    return { isContent: choices.some(isContent), isUsageOnly };
  }

  whole(value: JsonValue): ErrorWords | undefined {
    const fields = fieldsOf(value);
    const choices = choicesOf(fields);
    const error = errorIn(undefined, fields);
    this.#note(fields, choices, () => this.#reader.completion(value));
    return choices.some(isContent) ? undefined : error;
  }

  #note(value: JsonObject, choices: readonly JsonObject[], read: () => ReplyPart[]): void {
    this.#notes.fingerprint(value['system_fingerprint']);
    for (const [at, choice] of choices.entries()) {
      const index = typeof choice['index'] === 'number' ? choice['index'] : at;
      const reason = choice['finish_reason'];
      if (saidIn(reason)) this.#notes.finish(index, reason);
      if (saidIn(reason)) this.#open.delete(index);
      else if (this.#open.size < MOST_CHOICES) this.#open.add(index);
    }

    // Groq says it there to who has not asked.
    const told = readUsage(fieldsOf(value['x_groq'])['usage']);
    if (told) this.#notes.add([{ type: 'usage', usage: told }]);

    try {
      this.#notes.add(read());
    } catch {
      // An error, or not of the form that it should be; it passes all the same.
    }
  }
}

const MOST_CHOICES = 128;

/** What a chunk, or a whole reply, says of a failure: also a finish reason that stands for one. */
function errorIn(name: string | undefined, value: JsonObject): ErrorWords | undefined {
  const said = errorWords(value['error'] ?? undefined);
  if (said) return said;
  if (name === 'error' || value['object'] === 'error') return errorWords(value);

  for (const choice of choicesOf(value)) {
    const within = errorWords(choice['error'] ?? undefined);
    if (within) return within;
    const reason = choice['finish_reason'];
    if (saidIn(reason) && endingOf(reason) === 'broken')
      return { message: `the provider failed on the way (finish reason ${reason})`, code: reason };
  }
  return undefined;
}

function choicesOf({ choices }: JsonObject): JsonObject[] {
  return Array.isArray(choices) ? choices.filter(isJsonObject) : [];
}

/** Keys of a message under which something may stand that a client shows. */
const SAYING = [
  'content',
  'refusal',
  'reasoning_content',
  'reasoning',
  'thinking',
  'reasoning_details',
  'tool_calls',
  'function_call',
  'audio',
  'images',
  'annotations',
];

/** A role alone says nothing; that the choice is at its end does. */
function isContent(choice: JsonObject): boolean {
  const said = [fieldsOf(choice['delta']), fieldsOf(choice['message'])];
  return (
    saidIn(choice['finish_reason']) ||
    saidIn(choice['text']) ||
    said.some((message) => SAYING.some((key) => isSomething(message[key])))
  );
}

function isSomething(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return value !== '';
  if (Array.isArray(value)) return value.length > 0;
  return isJsonObject(value) && Object.keys(value).length > 0;
}
