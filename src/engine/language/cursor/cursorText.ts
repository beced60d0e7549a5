import type { Pointer } from '../../files/formats/document.ts';
import type { LanguageFile } from '../languageFile.ts';

/** The part of a file around a cursor that is worth parsing. */
export interface CursorText {
  lines: string[];
  /** The cursor's line among `lines`, from 0. */
  row: number;
  /** Columns before the cursor. */
  column: number;
  /** Prepended to pointers within `lines`. */
  base: Pointer;
}

/** Longer texts are not parsed at each key that is pressed, in characters. */
const MAX_LENGTH = 300_000;

/**
 * The lines around a place (line and column from 1): the case that it is in for a dataset, with the key of the
 * list above it; the line alone in JSONL; else the whole file. Undefined where that is too much.
 */
export function cursorText(file: LanguageFile, at: { line: number; column: number }): CursorText | undefined {
  const all = file.text.split('\n').map((line) => line.replace(/\r$/, ''));
  const row = at.line - 1;
  const column = at.column - 1;
  const line = all[row];
  if (line === undefined) return undefined;
  if (file.format === 'jsonl') return { lines: [line], row: 0, column, base: ['test_cases', 0] };
  const [lines, shift] = file.kind === 'dataset' && file.format === 'yaml' ? caseLines(all, row) : [all, 0];
  const length = lines.reduce((sum, { length }) => sum + length + 1, 0);
  return length > MAX_LENGTH ? undefined : { lines, row: row - shift, column, base: [] };
}

/** The lines of one case below `test_cases:`, or the header above it; and how many lines are left out. */
function caseLines(all: readonly string[], row: number): [string[], number] {
  const head = all.findIndex((line) => /^["']?test_cases["']?\s*:/.test(line));
  if (head < 0) return [[...all], 0];

  const first = all.slice(head + 1).find((line) => /^ *-(?: |$)/.test(line));
  const indent = first === undefined ? undefined : first.indexOf('-');
  if (row <= head || indent === undefined) return [all.slice(0, Math.max(head, row) + 1), 0];

  const isItem = (line: string | undefined) =>
    line !== undefined && new RegExp(`^ {${indent}}-(?: |$)`).test(line);
  let from = row;
  while (from > head + 1 && !isItem(all[from])) from--;

  let to = row + 1;
  while (to < all.length && !isItem(all[to])) to++;
  return [['test_cases:', ...all.slice(from, to)], from - 1];
}
