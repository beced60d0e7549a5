import type { Encoding } from './encoding.ts';

/**
 * How many pieces before an edit are looked at again. What a piece is depends on what follows it up to the
 * end of the run of letters or white space in which it ends, and such a run is at most three pieces.
 */
const MARGIN = 4;

/** The token count of a text that is edited: only the pieces that an edit changed are counted again. */
export class IncrementalCounter {
  readonly #encoding: Encoding;
  #text = '';
  /** Length and tokens of each piece, in order. */
  #lengths: number[] = [];
  #counts: number[] = [];
  #tokens = 0;
  #recounted = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** Tokens of the text last given. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Pieces that the last update had to count: what the update cost. */
  get recounted(): number {
    return this.#recounted;
  }

  /** Characters at both ends that a text shares with the one last given. */
  shared(text: string): number {
    const { start, end } = changedPart(this.#text, text);
    return text.length - (end - start);
  }

  /** Takes the text as it is now and returns its tokens. */
  update(text: string): number {
    const before = this.#text;
    if (text === before) {
      this.#recounted = 0;
      return this.#tokens;
    }

    const edit = changedPart(before, text);
    const { first, start } = this.#restart(edit.start);
    const lengths: number[] = [];
    const counts: number[] = [];
    // `kept` is the first old piece that may stand unchanged, `keptAt` its place in the new text.
    let kept = first;
    let keptAt = start + (text.length - before.length);
    let at = start;
    while (at < text.length) {
      while (kept < this.#lengths.length && keptAt < at) keptAt += this.#lengths[kept++] ?? 0;
      if (at >= edit.end && keptAt === at) break;

      const end = this.#encoding.pieceEnd(text, at);
      lengths.push(end - at);
      counts.push(this.#encoding.countPiece(text.slice(at, end)));
      at = end;
    }

    if (at >= text.length) kept = this.#lengths.length;
    this.#replace(first, kept, lengths, counts);
    this.#text = text;
    this.#recounted = counts.length;

    return this.#tokens;
  }

  /** The piece with which counting begins anew for an edit at `position`, and where it starts. */
  #restart(position: number): { first: number; start: number } {
    let piece = 0;
    let start = 0;
    for (; piece < this.#lengths.length; piece += 1) {
      const length = this.#lengths[piece] ?? 0;
      if (start + length > position) break;
      start += length;
    }
    const first = Math.max(0, piece - MARGIN);
    for (; piece > first; piece -= 1) start -= this.#lengths[piece - 1] ?? 0;
    return { first, start };
  }

  #replace(from: number, to: number, lengths: number[], counts: number[]): void {
    for (let piece = from; piece < to; piece += 1) this.#tokens -= this.#counts[piece] ?? 0;
    for (const count of counts) this.#tokens += count;
    this.#lengths = replaced(this.#lengths, from, to, lengths);
    this.#counts = replaced(this.#counts, from, to, counts);
  }
}

/** In place, where the new entries are few enough to be arguments of one call. */
function replaced(list: number[], from: number, to: number, entries: number[]): number[] {
  if (entries.length > 1000) return list.slice(0, from).concat(entries, list.slice(to));
  list.splice(from, to - from, ...entries);
  return list;
}

/** Characters that are compared at once: much faster than one by one. */
const STRIDE = 512;

/** The stretch of `after` outside which both texts are the same; the end is exclusive. */
function changedPart(before: string, after: string): { start: number; end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start + STRIDE <= shorter && isSame(before, start, after, start)) start += STRIDE;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let same = 0;
  const most = shorter - start;
  while (
    same + STRIDE <= most &&
    isSame(before, before.length - same - STRIDE, after, after.length - same - STRIDE)
  )
    same += STRIDE;

  while (
    same < most &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same += 1;

  return { start, end: after.length - same };
}

function isSame(before: string, inBefore: number, after: string, inAfter: number): boolean {
  return before.slice(inBefore, inBefore + STRIDE) === after.slice(inAfter, inAfter + STRIDE);
}
