import type { Span } from './spanSet.ts';

/** Longer ones are no placeholders, in characters. */
const LONGEST = 5000;
const MOST = 500;

/**
 * `${…}` with whatever it holds: expressions over several lines, braces and texts in quotes. One that is never
 * closed goes to the end of its line.
 */
export function findPlaceholders(text: string): Span[] {
  const found: Span[] = [];
  for (let start = text.indexOf('${'); start >= 0 && found.length < MOST; ) {
    const end = closing(text, start, true) ?? closing(text, start, false) ?? lineEnd(text, start);
    found.push({ start, end });
    start = text.indexOf('${', end);
  }
  return found;
}

/** Behind the brace that closes; braces within quotes do not count, if they are to be read. */
function closing(text: string, start: number, withQuotes: boolean): number | undefined {
  let depth = 0;
  let quote = '';
  const last = Math.min(text.length, start + LONGEST);
  for (let at = start; at < last; at += 1) {
    const mark = text[at] ?? '';
    if (mark === '\\') at += 1;
    else if (quote !== '') {
      if (mark === quote) quote = '';
    } else if (withQuotes && /["'`]/.test(mark)) quote = mark;
    else if (mark === '{') depth += 1;
    else if (mark === '}') depth -= 1;
    if (mark === '}' && depth === 0 && quote === '') return at + 1;
  }

  return undefined;
}

function lineEnd(text: string, start: number): number {
  const feed = text.indexOf('\n', start);
  return feed < 0 ? text.length : feed;
}
