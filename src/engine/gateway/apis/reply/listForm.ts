import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { ErrorWords } from '../../../resilience/classify.ts';
import { errorWords } from './errorWords.ts';
import type { EventMeaning, ReplyForm } from './replyForm.ts';
import { fieldsOf, type ReplyNotes, saidIn } from './replyNotes.ts';

/** Embeddings and lists of models: who answers, and what it took. */
export class ListForm implements ReplyForm {
  readonly endNames: ReadonlySet<string> = new Set();
  readonly isFinished = false;
  readonly #notes: ReplyNotes;

  constructor(notes: ReplyNotes) {
    this.#notes = notes;
  }

  event(): EventMeaning {
    return { isContent: true };
  }

  whole(value: JsonValue): ErrorWords | undefined {
    const { model, id, usage, error, data } = fieldsOf(value);
    const named = saidIn(id) ? id : null;
    this.#notes.add([{ type: 'head', id: named, model: saidIn(model) ? model : null }]);

    if (isJsonObject(usage)) {
      const input = usage['prompt_tokens'] ?? usage['total_tokens'] ?? usage['input_tokens'];
      if (typeof input === 'number' && Number.isSafeInteger(input) && input > 0)
        this.#notes.add([{ type: 'usage', usage: { inputTokens: input, outputTokens: 0 } }]);
    }
    return data === undefined ? errorWords(error ?? undefined) : undefined;
  }
}
