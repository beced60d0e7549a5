import type { SourceLocation, SourceRange } from '../../model/location.ts';

/** Turns offsets of a text into lines and columns. Columns count UTF-16 code units, as editors do. */
export class LineIndex {
  readonly #path: string;
  readonly #text: string;
  readonly #firstLine: number;
  #starts: number[] | undefined;

  /** `firstLine`: the line of the file on which the text starts, from 1. */
  constructor(path: string, text: string, firstLine = 1) {
    this.#path = path;
    this.#text = text;
    this.#firstLine = firstLine;
  }

  /** The place of an offset; offsets beyond the text are taken as its end. */
  location(offset: number): SourceLocation {
    const starts = this.#lineStarts();
    const at = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { path: this.#path, line: low + this.#firstLine, column: at - (starts[low] ?? 0) + 1 };
  }

  /** The range from `start` to `end` (exclusive). */
  range(start: number, end: number): SourceRange {
    const last = this.location(Math.max(start, end));
    return { ...this.location(start), endLine: last.line, endColumn: last.column };
  }

  /** The text between two offsets. */
  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  #lineStarts(): number[] {
    if (this.#starts) return this.#starts;
    const starts = [0];
    for (let at = this.#text.indexOf('\n'); at >= 0; at = this.#text.indexOf('\n', at + 1))
      starts.push(at + 1);
    this.#starts = starts;
    return starts;
  }
}
