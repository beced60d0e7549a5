import { type Line, splitLines } from './lines.ts';
import { schemaFences } from './schemaFences.ts';
import { type Span, SpanSet } from './spanSet.ts';

const FENCE = /^[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})/;
const INDENTED = /^(?: {4}|\t)[ \t]*\S/;
/**
 * Code of a Markdown text: fenced blocks with their fences, inline code, lines that are indented as code, and
 * HTML elements that hold code. A fence that is never closed goes to the end, as in CommonMark. Of a fenced
 * JSON Schema only the fences are code.
 */
export function findCode(text: string): Span[] {
  const lines = splitLines(text);
  const fenced = fencedBlocks(lines, text.length);
  const schemas = new Map(fenced.map((block) => [block.start, schemaFences(text, block)]));
  return [
    ...fenced.flatMap((block) => schemas.get(block.start) ?? [block]),
    ...indentedLines(lines, fenced),
    ...inlineCode(text, fenced),
    ...codeElements(text),
  ];
}

function fencedBlocks(lines: readonly Line[], length: number): Span[] {
  const blocks: Span[] = [];
  let open: { start: number; mark: string } | undefined;
  for (const line of lines) {
    const mark = FENCE.exec(line.text)?.[1];
    if (mark === undefined) continue;

    if (open === undefined) {
      // Three backticks that are closed on the same line are inline code.
      if (mark.startsWith('`') && line.text.trim().slice(mark.length).includes('`')) continue;
      open = { start: line.start, mark };
    } else if (mark.startsWith(open.mark) && /^[\s>]*[`~]+[ \t]*$/.test(line.text)) {
      blocks.push({ start: open.start, end: line.end });
      open = undefined;
    }
  }

  if (open) blocks.push({ start: open.start, end: length });
  return blocks;
}

/** After a blank line four spaces begin code, or go on with a list item; both keep their layout. */
function indentedLines(lines: readonly Line[], fenced: readonly Span[]): Span[] {
  const found: Span[] = [];
  let inCode = false;
  let afterBlank = true;
  for (const line of lines) {
    const blank = line.text.trim() === '';
    const isFenced = fenced.some(({ start, end }) => start <= line.start && line.start < end);
    inCode = !blank && !isFenced && INDENTED.test(line.text) && (afterBlank || inCode);
    if (inCode) found.push({ start: line.start, end: line.end });
    afterBlank = blank || isFenced;
  }

  return found;
}

/** Within a paragraph: a blank line ends what a stray backtick begins. Fences are none. */
function inlineCode(text: string, fenced: readonly Span[]): Span[] {
  const found: Span[] = [];
  const blocks = new SpanSet(fenced);
  for (const paragraph of text.matchAll(/(?:[^\n]+(?:\n(?![ \t]*\r?\n))?)+/g)) {
    const runs = [...paragraph[0].matchAll(/`+/g)].filter(
      ({ index, 0: { length } }) =>
        !blocks.touches({ start: paragraph.index + index, end: paragraph.index + index + length }),
    );
    for (let at = 0; at < runs.length; at += 1) {
      const open = runs[at];
      const close = runs.findIndex((run, index) => index > at && run[0] === open?.[0]);
      const last = runs[close];
      if (open === undefined || last === undefined) continue;

      found.push({
        start: paragraph.index + open.index,
        end: paragraph.index + last.index + last[0].length,
      });
      at = close;
    }
  }

  return found;
}

/** Elements whose text is code or is laid out by its white space. */
function codeElements(text: string): Span[] {
  const found: Span[] = [];
  const lower = text.toLowerCase();
  const opening = /<(pre|code|script|style|svg)\b/g;
  const unclosed = new Set<string>();
  for (let match = opening.exec(lower); match; match = opening.exec(lower)) {
    const name = match[1] ?? '';
    const close = unclosed.has(name) ? -1 : lower.indexOf(`</${name}`, match.index);
    if (close < 0) {
      unclosed.add(name);
      continue;
    }

    const end = lower.indexOf('>', close);
    opening.lastIndex = end < 0 ? lower.length : end + 1;
    found.push({ start: match.index, end: opening.lastIndex });
  }

  return found;
}
