import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { Usage } from '../../../model/output.ts';
import {
  addPart,
  emptyDraft,
  isAnswer,
  type ReplyDraft,
  toolCallsOf,
} from '../../../models/wire/replyDraft.ts';
import { partSize, type ReplyPart } from '../../../models/wire/replyPart.ts';
import { measuredUsage } from '../../../models/wire/replyUsage.ts';
import type { ReplySummary } from '../replyTap.ts';
import type { TokenCounts } from '../tokenCounts.ts';

/** Characters of text, reasoning and arguments that are kept of a reply. */
const MOST_CHARACTERS = 1024 * 1024;
const MOST_CALLS = 1000;
/** Choices whose finish reasons are kept. */
const MOST_CHOICES = 128;

/** What is known of a reply so far, in bounded memory. */
export class ReplyNotes {
  #draft: ReplyDraft = emptyDraft();
  #characters = 0;
  #isTooLong = false;
  readonly #reasons = new Map<number, string>();
  #fingerprint: string | null = null;
  /** The counts of a provider that go on: those of the output are not yet all. */
  isUsageRunning = false;

  add(parts: readonly ReplyPart[]): void {
    for (const part of parts) {
      const size = partSize(part);
      this.#characters += size;
      this.#isTooLong ||=
        this.#characters > MOST_CHARACTERS || (part.type === 'tool-call' && part.index >= MOST_CALLS);
      if (size === 0 || !this.#isTooLong) addPart(this.#draft, part);
    }
  }

  finish(choice: number, reason: string): void {
    if (this.#reasons.size < MOST_CHOICES) this.#reasons.set(choice, reason);
  }

  fingerprint(value: JsonValue | undefined): void {
    if (typeof value === 'string' && value !== '') this.#fingerprint = value;
  }

  /** What was said comes once more, and as a whole. */
  restart(): void {
    const { model, id, usage } = this.#draft;
    this.#draft = { ...emptyDraft(), model, id, usage };
    this.#characters = 0;
    this.#isTooLong = false;
  }

  get usage(): Usage | null {
    return measuredUsage(this.#draft.usage, isAnswer(this.#draft));
  }

  get hasSaid(): boolean {
    return this.#characters > 0;
  }

  get isFinished(): boolean {
    return this.#reasons.size > 0;
  }

  /** Output tokens by the tokenizer; of a reply too long to keep, by the share that is kept. */
  outputTokens(counts: TokenCounts, model: string): number {
    const { text, refusal, reasoning, calls } = this.#draft;
    const called = calls.map(({ name, arguments: given }) => `${name}${given}`);
    const kept = [reasoning ?? '', text ?? '', refusal, ...called].join('');
    const counted = counts.text(model, kept);
    return kept.length === 0 ? counted : Math.round((counted * this.#characters) / kept.length);
  }

  summary(): ReplySummary {
    const { model, id, text, refusal } = this.#draft;
    const reasons = [...this.#reasons].sort(([a], [b]) => a - b).map(([, reason]) => reason);
    const summary: ReplySummary = {
      model,
      responseId: id,
      usage: this.usage,
      finishReasons: reasons,
      text: this.#isTooLong ? null : refusal || text,
      toolCalls: this.#isTooLong ? [] : toolCallsOf(this.#draft),
      fingerprint: this.#fingerprint,
    };
    if (this.#isTooLong) summary.isTooLong = true;
    if (refusal !== '') summary.isRefusal = true;
    return summary;
  }
}

export function fieldsOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** A text that says something. */
export function saidIn(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}
