import { columnsOf } from './columns.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Left out where the table would be too wide, the highest first; columns without it stay. */
  spare?: number;
}

/** Lines of a table with aligned columns, two spaces apart; cells must be on one line and may hold colours. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(columnsOf(column.title), ...rows.map((row) => columnsOf(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

/** The same in at most `width` columns of the terminal, as far as leaving out spare columns will do. */
export function fitTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const lines = renderTable(columns, rows);
  const last = columns.reduce((most, { spare = 0 }) => Math.max(most, spare), 0);
  if (last === 0 || lines.every((line) => columnsOf(line) <= width)) return lines;
  const kept = columns.map(({ spare }) => spare !== last);
  return fitTable(
    columns.filter((_, index) => kept[index]),
    rows.map((row) => row.filter((_, index) => kept[index])),
    width,
  );
}

/** Cuts a text to a number of terminal columns, with an ellipsis. */
export function truncate(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const next = columnsOf(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/**
 * Breaks a text at spaces into lines of at most `width` terminal columns; line breaks in it stay. Only the first
 * `most` lines are made: a text may be a megabyte without a space.
 */
export function wrap(text: string, width: number, most = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = [];
  for (const line of brokenLines(text, width)) {
    if (lines.length >= most) break;
    lines.push(line);
  }
  return lines;
}

function* brokenLines(text: string, width: number): Iterable<string> {
  for (const paragraph of text.split('\n')) {
    let line = '';
    // A pattern for whole words runs out of stack where one is of millions of characters.
    for (const word of paragraph.split(/\s/)) {
      if (word === '') continue;
      let within = false;
      for (const piece of pieces(word, width)) {
        const joined = line === '' ? piece : `${line} ${piece}`;
        if (line !== '' && (within || columnsOf(joined) > width)) {
          yield line;
          line = piece;
        } else line = joined;
        within = true;
      }
    }
    if (line !== '') yield line;
  }
}

/** A word in pieces of at most `width` columns; whole where it fits. */
function* pieces(word: string, width: number): Iterable<string> {
  // No character takes more than two columns.
  if (word.length * 2 <= width || (word.length <= 2 * width && columnsOf(word) <= width)) return yield word;
  let piece = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const next = columnsOf(segment);
    if (used + next > width && piece !== '') {
      yield piece;
      piece = '';
      used = 0;
    }
    piece += segment;
    used += next;
  }
  if (piece !== '') yield piece;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
  return align === 'right' ? space + text : text + space;
}
