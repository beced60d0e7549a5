import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { ReplyPart } from '../../../models/wire/replyPart.ts';
import type { ErrorWords } from '../../../resilience/classify.ts';
import { errorWords } from './errorWords.ts';
import type { EventMeaning, ReplyForm } from './replyForm.ts';
import { fieldsOf, type ReplyNotes, saidIn } from './replyNotes.ts';
import { usageFrom } from './usageFrom.ts';

/** Anthropic's messages. */
export class MessagesForm implements ReplyForm {
  readonly endNames: ReadonlySet<string> = new Set(['message_stop']);
  readonly #notes: ReplyNotes;
  /** Numbers of tool calls by those of their blocks. */
  readonly #calls = new Map<JsonValue, number>();
  /** The counts so far, which later events replace or complete. */
  readonly #usage: { [name: string]: JsonValue } = {};

  constructor(notes: ReplyNotes) {
    this.#notes = notes;
  }

  get isFinished(): boolean {
    return this.#notes.isFinished;
  }

  event(name: string | undefined, value: JsonObject): EventMeaning {
    switch (value['type'] ?? name) {
      case 'message_start':
        this.#begin(fieldsOf(value['message']));
        this.#notes.isUsageRunning = true;
        return {};
      case 'content_block_start':
        return { isContent: this.#block(fieldsOf(value['content_block']), value['index'] ?? null) };
      case 'content_block_delta':
        return { isContent: this.#delta(fieldsOf(value['delta']), value['index'] ?? null) };
      case 'message_delta':
        return { isContent: this.#end(fieldsOf(value['delta']), value['usage']) };
      case 'message_stop':
        return { isEnd: true };
      case 'error':
        return { error: errorWords(value['error'] ?? value) ?? { message: 'error' } };
      default:
        return {};
    }
  }

  whole(value: JsonValue): ErrorWords | undefined {
    const message = fieldsOf(value);
    if (message['type'] === 'error' || !('content' in message)) {
      const error = errorWords(message['error'] ?? undefined);
      if (error) return error;
    }

    this.#begin(message);
    const blocks = Array.isArray(message['content']) ? message['content'] : [];
    for (const [index, block] of blocks.entries()) {
      if (!isJsonObject(block)) continue;
      this.#block(block, index);
      const { type, input } = block;
      if (type === 'tool_use' && input !== undefined) this.#argue(index, JSON.stringify(input));
    }
    this.#end(message, undefined);
    return undefined;
  }

  #begin({ id, model, usage }: JsonObject): void {
    const [named, from] = [saidIn(id) ? id : null, saidIn(model) ? model : null];
    this.#notes.add([{ type: 'head', id: named, model: from }]);
    this.#count(usage);
  }

  /** What a block begins with; its tool's input comes behind it in a stream. */
  #block(block: JsonObject, index: JsonValue): boolean {
    switch (block['type']) {
      case 'text':
        return this.#say('text', block['text']);
      case 'thinking':
        return this.#say('reasoning', block['thinking']);
      case 'tool_use': {
        const { id, name } = block;
        const call = this.#calls.size;
        if (call < MOST_CALLS) this.#calls.set(index, call);
        this.#notes.add([
          {
            type: 'tool-call',
            index: call,
            id: saidIn(id) ? id : undefined,
            name: saidIn(name) ? name : '',
            arguments: '',
          },
        ]);
        return true;
      }
      case undefined:
        return false;
      default:
        // Thoughts under seal, and what the provider's own tools do and find.
        return true;
    }
  }

  #delta(delta: JsonObject, index: JsonValue): boolean {
    switch (delta['type']) {
      case 'text_delta':
        return this.#say('text', delta['text']);
      case 'thinking_delta':
        return this.#say('reasoning', delta['thinking']);
      case 'input_json_delta':
        return this.#argue(index, delta['partial_json']);
      case 'citations_delta':
        return true;
      default:
        return false;
    }
  }

  #end({ stop_reason }: JsonObject, usage: JsonValue | undefined): boolean {
    this.#count(usage);
    if (isJsonObject(usage)) this.#notes.isUsageRunning = false;
    if (!saidIn(stop_reason)) return false;
    this.#notes.finish(0, stop_reason);
    return true;
  }

  #say(type: Extract<ReplyPart, { text: string }>['type'], text: JsonValue | undefined): boolean {
    if (typeof text !== 'string') return false;
    this.#notes.add([{ type, text }]);
    return text !== '';
  }

  #argue(index: JsonValue, json: JsonValue | undefined): boolean {
    const call = this.#calls.get(index);
    if (!saidIn(json)) return false;
    if (call !== undefined)
      this.#notes.add([{ type: 'tool-call', index: call, id: undefined, name: undefined, arguments: json }]);
    return true;
  }

  /** Totals, of which some servers send zeros before or behind the real ones. */
  #count(usage: JsonValue | undefined): void {
    for (const [name, value] of Object.entries(fieldsOf(usage))) {
      const known = this.#usage[name];
      if (typeof value === 'number')
        this.#usage[name] = Math.max(value, typeof known === 'number' ? known : 0);
    }
    const counted = usageFrom(this.#usage);
    if (counted) this.#notes.add([{ type: 'usage', usage: counted }]);
  }
}

const MOST_CALLS = 1000;
