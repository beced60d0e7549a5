import { LineIndex } from '../files/text/lineIndex.ts';
import type { SourceLocation, SourceRange } from '../model/location.ts';
import type { Role } from '../model/message.ts';
import type { MessageTemplate } from '../model/prompt.ts';

/** A stretch of a file's text; the end is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** A prompt file's text, and where its offsets lie. */
export class PromptSource {
  readonly path: string;
  readonly text: string;
  /** Templates that it includes, by name; set once they are read. */
  includes?: { [name: string]: string };
  readonly #lines: LineIndex;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.#lines = new LineIndex(path, text);
  }

  location(offset: number): SourceLocation {
    return this.#lines.location(offset);
  }

  range(span: Span): SourceRange {
    return this.#lines.range(span.start, span.end);
  }

  /** The message whose template is exactly this stretch of the file. */
  message(role: Role, span: Span): MessageTemplate {
    return { role, template: this.text.slice(span.start, span.end), range: this.range(span) };
  }

  /** The stretch without blank lines before it and white space after it; the first line keeps its indentation. */
  trim(span: Span): Span {
    const text = this.text.slice(span.start, span.end);
    const end = text.trimEnd().length;
    if (end === 0) return { start: span.end, end: span.end };
    const first = text.length - text.trimStart().length;
    const start = text.lastIndexOf('\n', first) + 1;
    return { start: span.start + start, end: span.start + end };
  }

  /** The stretch without any white space around it. */
  trimAll(span: Span): Span {
    const { end } = this.trim(span);
    const text = this.text.slice(span.start, end);
    return { start: end - text.trimStart().length, end };
  }

  /** Offset and text of each line of a stretch, without its line break. */
  *lines(span: Span): Generator<Span & { text: string; next: number }> {
    for (let start = span.start; start < span.end; ) {
      const feed = this.text.indexOf('\n', start);
      const next = feed < 0 || feed >= span.end ? span.end : feed + 1;
      const raw = this.text.slice(start, next);
      const text = raw.replace(/\r?\n$/, '');
      yield { start, end: start + text.length, text, next };
      start = next;
    }
  }
}
