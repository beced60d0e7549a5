import type { ApiRequest } from './apiRequest.ts';
import { usageOrCounted } from './reply/countedUsage.ts';
import type { ReplyNotes } from './reply/replyNotes.ts';
import type { ReplySummary } from './replyTap.ts';
import type { TokenCounts } from './tokenCounts.ts';

/** What a tap has noted, and the usage that goes with it. */
export class TapReading {
  readonly notes: ReplyNotes;
  readonly #request: ApiRequest;
  readonly #counts: TokenCounts;
  #counted: ReplySummary['usage'] | undefined;

  constructor(notes: ReplyNotes, request: ApiRequest, counts: TokenCounts) {
    this.notes = notes;
    this.#request = request;
    this.#counts = counts;
  }

  /** Tokens are counted once, at the end. */
  summary(isAtEnd: boolean): ReplySummary {
    const summary = this.notes.summary();
    if (!isAtEnd) return summary;

    this.#counted ??= usageOrCounted(this.notes, this.#request, this.#counts);
    return { ...summary, usage: this.#counted };
  }
}
