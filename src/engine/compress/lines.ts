import type { Span } from './spanSet.ts';

/** One line of a text; `end` is before its line break, `next` after it. */
export interface Line extends Span {
  text: string;
  next: number;
}

export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    let end = feed < 0 ? text.length : feed;
    if (end > start && feed >= 0 && text[end - 1] === '\r') end -= 1;
    lines.push({ start, end, next, text: text.slice(start, end) });
    start = next;
  }
  return lines;
}
