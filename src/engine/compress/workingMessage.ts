import { type ComposedEdit, composeEdits } from './composeEdits.ts';
import { applyEdits, type Edit, inOrder } from './edit.ts';
import { MessageText } from './messageText.ts';
import type { RuleName, Suggestion } from './rule.ts';
import type { SpanSet } from './spanSet.ts';
import { TakenSpans } from './takenSpans.ts';
import type { TokenGain } from './tokenGain.ts';

/** One message while rules change it. */
export class WorkingMessage {
  #current: MessageText;
  #edits: ComposedEdit[] = [];

  constructor(message: MessageText) {
    this.#current = message;
  }

  get current(): MessageText {
    return this.#current;
  }

  /** What was done so far, as edits of the template as it was at first. */
  get edits(): readonly ComposedEdit[] {
    return this.#edits;
  }

  /**
   * Applies those suggestions that touch nothing protected, do not overlap, save tokens, and leave everything
   * protected recognisable as such; stops once `enough` tokens are saved. Returns what was applied.
   */
  apply(rule: RuleName, suggestions: readonly Suggestion[], gain: TokenGain, enough: number): Suggestion[] {
    const chosen = choose(this.#current, suggestions, gain, enough);
    // From the end on, so that what is tried later stands before what was changed, and has not moved.
    chosen.sort((a, b) => (a[0]?.start ?? 0) - (b[0]?.start ?? 0));
    return this.#applyBatch(rule, chosen, gain);
  }

  /** A batch in which one suggestion spoils all is tried in halves. */
  #applyBatch(rule: RuleName, batch: readonly Suggestion[], gain: TokenGain): Suggestion[] {
    if (batch.length === 0) return [];
    if (this.#try(rule, batch.flat(), gain)) return [...batch];
    if (batch.length === 1) return [];

    const half = Math.floor(batch.length / 2);
    const first = batch.slice(0, half);
    const later = this.#applyBatch(rule, batch.slice(half), gain);
    const from = Math.min(...later.flat().map(({ start }) => start));

    return [
      ...this.#applyBatch(
        rule,
        first.filter((edits) => edits.every(({ end }) => end < from)),
        gain,
      ),
      ...later,
    ];
  }

  #try(rule: RuleName, edits: readonly Edit[], gain: TokenGain): boolean {
    const before = this.#current;
    const text = applyEdits(before.text, edits);
    if (text.trim() === '' || gain.count(text) >= gain.count(before.text)) return false;

    // White space around a message is cut off when the file is read, which could change what it surrounds.
    if (margins(text) > margins(before.text)) return false;

    const { start, end } = before.scope;
    const growth = text.length - before.text.length;
    const after = new MessageText(text, before.syntax, { start, end: end + growth });
    if (!isKept(before.kept, after.kept, edits)) return false;

    const step = edits.map((edit) => ({ ...edit, by: [rule] }));
    this.#edits = composeEdits(this.#edits, before.text, step);
    this.#current = after;

    return true;
  }
}

/** How much white space is around a text, in characters. */
function margins(text: string): number {
  return text.length - text.trim().length;
}

/** Suggestions that can be made together. */
function choose(
  message: MessageText,
  suggestions: readonly Suggestion[],
  gain: TokenGain,
  enough: number,
): Suggestion[] {
  const chosen: Suggestion[] = [];
  const taken = new TakenSpans();
  let saved = 0;

  for (const edits of suggestions) {
    if (saved >= enough) break;
    if (!edits.every((edit) => message.isFree(edit)) || edits.some((edit) => taken.touches(edit))) continue;
    const tokens = gain.saved(message.text, edits);
    if (tokens <= 0) continue;
    saved += tokens;
    for (const edit of edits) taken.add(edit);
    chosen.push(edits);
  }

  return chosen;
}

/** Whether every protected stretch is still seen as protected where it stands now. */
function isKept(before: SpanSet, after: SpanSet, edits: readonly Edit[]): boolean {
  const ordered = inOrder(edits);
  let next = 0;
  let shift = 0;

  return before.spans.every((span) => {
    for (let edit = ordered[next]; edit && edit.end <= span.start; edit = ordered[next]) {
      shift += edit.text.length - (edit.end - edit.start);
      next += 1;
    }
    const start = span.start + shift;
    const end = span.end + shift;
    const reach = after
      .within({ start, end })
      .reduce((covered, found) => (found.start <= covered ? Math.max(covered, found.end) : covered), start);
    return reach >= end;
  });
}
