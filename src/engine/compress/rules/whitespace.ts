import type { Edit } from '../edit.ts';
import { type Line, splitLines } from '../lines.ts';
import { isTableRow } from '../markup.ts';
import type { Rule } from '../rule.ts';

/**
 * Blanks at line ends, more than one blank line in a row, and doubled spaces between words. Indentation, and
 * gaps that lie above each other as the columns of a table, mean something and stay; so does a Markdown line
 * break of two spaces, and everything in a prompt that speaks of spaces.
 */
export const whitespace: Rule = {
  name: 'whitespace',
  level: 'lossless',
  reason: 'white space without meaning',
  suggest(message) {
    const lines = splitLines(message.text);
    const inside = message.speaksOf('spaces')
      ? []
      : [
          ...blankLines(lines),
          ...lines.flatMap((line, index) => gaps(line, [lines[index - 1], lines[index + 1]])),
        ].filter((edit) => message.isInstruction(edit));
    const ends = message.speaksOf('line-ends')
      ? []
      : lines.flatMap((line, index) => lineEnd(line, lines[index + 1]));

    return [...inside, ...ends].map((edit) => [edit]);
  },
};

function lineEnd(line: Line, next: Line | undefined): Edit[] {
  const blanks = /[ \t]*$/.exec(line.text)?.[0].length ?? 0;
  const isBreak = line.text.endsWith('  ') && line.text.trim() !== '' && next && next.text.trim() !== '';
  if (blanks === 0 || isBreak) return [];
  return [{ start: line.end - blanks, end: line.end, text: '' }];
}

/** All but the first of several blank lines. */
function blankLines(lines: readonly Line[]): Edit[] {
  const edits: Edit[] = [];
  for (let at = 1; at < lines.length; at += 1) {
    const first = lines[at];
    if (!isBlank(lines[at]) || !isBlank(lines[at - 1]) || first === undefined) continue;
    let last = first;
    for (let next = lines[at + 1]; next && isBlank(next); next = lines[at + 1]) {
      last = next;
      at += 1;
    }
    edits.push({ start: first.start, end: last.next, text: '' });
  }

  return edits;
}

function isBlank(line: Line | undefined): boolean {
  return line !== undefined && /^[ \t]*$/.test(line.text);
}

/** Fewer are no sentence, but may be two columns. */
const LEAST_WORDS = 4;
const GAP = /(?<=\S)[ \t]{2,}(?=\S)/g;

function gaps(line: Line, around: readonly (Line | undefined)[]): Edit[] {
  if (isTableRow(line.text) || line.text.trim().split(/\s+/).length < LEAST_WORDS) return [];

  const found = [...line.text.matchAll(GAP)];
  const inColumns = found.length > 1 || around.some((other) => other && hasLooseGap(other.text));

  return found
    .filter(({ index }) => /[.!?:;,]$/.test(line.text.slice(0, index)) || !inColumns)
    .filter(({ index, 0: { length } }) => isBetweenWords(line.text, index, index + length))
    .map(({ index, 0: { length } }) => ({
      start: line.start + index,
      end: line.start + index + length,
      text: ' ',
    }));
}

/** Wider gaps, and those beside a number or a sign, may be the layout of something. */
function isBetweenWords(line: string, start: number, end: number): boolean {
  if (!/^\p{L}/u.test(line.slice(end))) return false;
  return end - start === 2
    ? /\p{L}[.!?:;,]?$/u.test(line.slice(0, start))
    : /\p{L}[.!?;,]$/u.test(line.slice(0, start));
}

/** A gap that no end of a sentence explains. */
function hasLooseGap(text: string): boolean {
  return /[^\s.!?:;,][ \t]{2,}\S/.test(text);
}
