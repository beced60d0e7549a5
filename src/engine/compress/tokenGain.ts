import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import { applyEdits, type Edit } from './edit.ts';

/** The longest stretch of a line beside an edit that is counted with it, in characters. */
const REACH = 300;

/** How many tokens edits save, counted by the tokenizer's own encoding. */
export class TokenGain {
  readonly #counter: ReturnType<Tokenizer['incremental']>;

  constructor(tokenizer: Tokenizer) {
    this.#counter = tokenizer.incremental();
  }

  /** Tokens of the encoding; an estimate is scaled from them. */
  count(text: string): number {
    return this.#counter.update(text);
  }

  /** Only the lines around the edits are counted: what lies further off does not change. */
  saved(text: string, edits: readonly Edit[]): number {
    if (edits.length === 0) return 0;
    const from = before(text, Math.min(...edits.map(({ start }) => start)));
    const to = after(text, Math.max(...edits.map(({ end }) => end)));
    const window = text.slice(from, to);
    const inside = edits.map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }));
    return this.count(window) - this.count(applyEdits(window, inside));
  }
}

/** The beginning of the line before, or a space some way back. */
function before(text: string, offset: number): number {
  const line = text.lastIndexOf('\n', offset - 1);
  const start = line < 0 ? 0 : text.lastIndexOf('\n', line - 1) + 1;
  if (offset - start <= REACH) return start;
  const space = text.indexOf(' ', offset - REACH);
  return space < 0 || space >= offset ? offset - REACH : space;
}

/** The end of the line, with the white space that follows it and may belong to the same token. */
function after(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  const end = feed < 0 ? text.length : feed;
  if (end - offset > REACH) {
    const space = text.indexOf(' ', offset + REACH);
    return space < 0 ? text.length : space;
  }
  const next = /\s*/y;
  next.lastIndex = end;
  next.test(text);
  return next.lastIndex;
}
