import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ErrorWords } from '../../../resilience/classify.ts';
import { errorWords } from './errorWords.ts';
import type { EventMeaning, ReplyForm } from './replyForm.ts';
import { fieldsOf, type ReplyNotes, saidIn } from './replyNotes.ts';
import { usageFrom } from './usageFrom.ts';

/** OpenAI's responses. The last event of a stream holds the whole response once more. */
export class ResponsesForm implements ReplyForm {
  readonly endNames: ReadonlySet<string> = new Set([
    'response.completed',
    'response.incomplete',
    'response.failed',
  ]);
  readonly #notes: ReplyNotes;
  /** Numbers of tool calls by those of their items, and by their items' ids. */
  readonly #calls = new Map<JsonValue, number>();
  #begun = 0;

  constructor(notes: ReplyNotes) {
    this.#notes = notes;
  }

  get isFinished(): boolean {
    return false;
  }

  event(name: string | undefined, value: JsonObject): EventMeaning {
    const type = value['type'] ?? name;
    const response = fieldsOf(value['response']);
    switch (type) {
      case 'response.completed':
      case 'response.incomplete': {
        const output = response['output'];
        if (Array.isArray(output) && output.length > 0) this.#notes.restart();
        this.whole(response);
        return { isContent: true, isEnd: true };
      }
      case 'response.failed':
        this.#head(response);
        return { isEnd: true, error: errorWords(response['error']) ?? { message: 'the response failed' } };
      case 'error':
        return { error: errorWords(value['error'] ?? value) ?? { message: 'error' } };
      case 'response.output_item.added':
        return { isContent: this.#item(fieldsOf(value['item']), value['output_index'] ?? null) };
      default:
        this.#head(response);
        if (value['error']) return { error: errorWords(value['error']) ?? { message: 'error' } };
        return { isContent: typeof type === 'string' && this.#delta(type, value) };
    }
  }

  whole(value: JsonValue): ErrorWords | undefined {
    const response = fieldsOf(value);
    this.#head(response);
    const items = Array.isArray(response['output']) ? response['output'].filter(isJsonObject) : [];
    this.#calls.clear();
    this.#begun = 0;
    for (const [index, item] of items.entries()) this.#whole(item, index);

    const reason = finishReason(response);
    if (reason !== undefined) this.#notes.finish(0, reason);
    return items.length > 0 ? undefined : errorWords(response['error'] ?? undefined);
  }

  #head({ id, model, usage }: JsonObject): void {
    this.#notes.add([{ type: 'head', id: saidIn(id) ? id : null, model: saidIn(model) ? model : null }]);
    const counted = usageFrom(usage);
    if (counted) this.#notes.add([{ type: 'usage', usage: counted }]);
  }

  /** What an item of a stream begins with: a message and thoughts are empty then. */
  #item(item: JsonObject, index: JsonValue): boolean {
    switch (item['type']) {
      case undefined:
      case 'message':
      case 'reasoning':
        return false;
      case 'function_call':
      case 'custom_tool_call':
        this.#call(item, index);
        return true;
      default:
        return true;
    }
  }

  #call({ id, call_id, name }: JsonObject, index: JsonValue): void {
    const call = this.#begun++;
    if (call < MOST_CALLS) {
      this.#calls.set(index, call);
      if (saidIn(id)) this.#calls.set(id, call);
    }
    this.#notes.add([
      {
        type: 'tool-call',
        index: call,
        id: saidIn(call_id) ? call_id : undefined,
        name: saidIn(name) ? name : '',
        arguments: '',
      },
    ]);
  }

  #delta(type: string, { delta, output_index, item_id, partial_image_b64 }: JsonObject): boolean {
    if (!type.endsWith('.delta')) return saidIn(partial_image_b64);
    if (!saidIn(delta)) return isJsonObject(delta) && Object.keys(delta).length > 0;

    switch (type) {
      case 'response.output_text.delta':
        this.#notes.add([{ type: 'text', text: delta }]);
        break;
      case 'response.refusal.delta':
        this.#notes.add([{ type: 'refusal', text: delta }]);
        break;
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        this.#notes.add([{ type: 'reasoning', text: delta }]);
        break;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#argue(output_index ?? item_id ?? null, delta);
    }
    return true;
  }

  #argue(index: JsonValue, text: string): void {
    const call = this.#calls.get(index);
    if (call !== undefined)
      this.#notes.add([{ type: 'tool-call', index: call, id: undefined, name: undefined, arguments: text }]);
  }

  #whole(item: JsonObject, index: number): void {
    switch (item['type']) {
      case 'message':
        this.#texts(item['content']);
        break;
      case 'reasoning': {
        for (const part of [item['summary'], item['content']].flatMap((list) => objects(list)))
          if (saidIn(part['text'])) this.#notes.add([{ type: 'reasoning', text: part['text'] }]);
        break;
      }
      case 'function_call':
      case 'custom_tool_call': {
        this.#call(item, index);
        const given = item['arguments'] ?? item['input'];
        if (saidIn(given)) this.#argue(index, given);
      }
    }
  }

  #texts(content: JsonValue | undefined): void {
    for (const { type, text, refusal } of objects(content)) {
      if (type === 'refusal' && saidIn(refusal)) this.#notes.add([{ type: 'refusal', text: refusal }]);
      else if (typeof text === 'string') this.#notes.add([{ type: 'text', text }]);
    }
  }
}

const MOST_CALLS = 1000;

/** A response that goes on in the background has none. */
function finishReason({ status, incomplete_details }: JsonObject): string | undefined {
  if (status === 'completed') return 'completed';
  if (status !== 'incomplete') return undefined;
  const { reason } = fieldsOf(incomplete_details);
  return saidIn(reason) ? reason : 'incomplete';
}

function objects(list: JsonValue | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
