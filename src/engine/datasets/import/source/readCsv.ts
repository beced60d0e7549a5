import { CsvError, parse } from 'csv-parse/sync';
import { FileError } from '../../../errors.ts';
import { FORBIDDEN_KEYS } from '../../../files/limits.ts';
import { excerpt } from '../../../files/text/excerpt.ts';
import { SourceRecord } from '../records/sourceRecord.ts';

interface Row {
  record: string[];
  /** `lines`: the line on which the row ends, from 1. */
  info: { lines: number };
}

/**
 * The rows of a CSV text (RFC 4180) as records of strings, keyed by the header row. The delimiter may also be a
 * semicolon or tab, detected from the header; a stray quote inside a cell is kept. Throws FileError with the line of
 * an unclosed quote, a row of another length, a repeated column, or a column without a name.
 */
export function readCsv(text: string, path: string): SourceRecord[] {
  const [head, ...rows] = parseRows(text, path);
  if (!head) throw new FileError('the file is empty', { where: { path, line: 1, column: 1 } });
  const names = head.record.map((name) => name.trim());
  refuseNames(names, path);
  let previousEnd = head.info.lines;
  return rows.map(({ record, info }) => {
    const line = Math.min(previousEnd + 1, info.lines);
    previousEnd = info.lines;
    const value = Object.fromEntries(names.map((name, index) => [name, record[index] ?? '']));
    return new SourceRecord(value, { path, line, column: 1 }, { csv: true });
  });
}

function parseRows(text: string, path: string): Row[] {
  try {
    return parse(text, optionsFor(text)) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const relaxed = error.code === 'INVALID_OPENING_QUOTE' ? relaxedRows(text) : undefined;
    if (relaxed) return relaxed;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    throw new FileError(`invalid CSV: ${excerpt(error.message, 200)}`, {
      where: { path, line, column: 1 },
      remedy: 'Every row needs as many cells as the header, and every quote must be closed.',
      cause: error,
    });
  }
}

function optionsFor(text: string) {
  return { info: true, skip_empty_lines: true, delimiter: delimiterOf(text) } as const;
}

/**
 * The rows, treating a quote inside an unquoted cell as a literal character, as spreadsheets, Python and pandas do.
 * Undefined if a quoted cell is not closed.
 */
function relaxedRows(text: string): Row[] | undefined {
  try {
    const options = { ...optionsFor(text), relax_quotes: true, raw: true };
    const rows = parse(text, options) as unknown as (Row & { raw: string })[];
    const isQuoted = (cell: string, raw: string) => raw.includes(`"${cell.replaceAll('"', '""')}"`);
    const isWhole = ({ record, raw }: { record: string[]; raw: string }) =>
      record.every((cell) => !cell.startsWith('"') || isQuoted(cell, raw));
    return rows.every(isWhole) ? rows : undefined;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** A first row without a comma, but with semicolons or tabs, has its names between these. */
function delimiterOf(text: string): string {
  const head = /^.*/.exec(text)?.[0] ?? '';
  if (head.includes(',')) return ',';
  return [';', '\t'].find((sign) => head.includes(sign)) ?? ',';
}

function refuseNames(names: readonly string[], path: string): void {
  const where = { path, line: 1, column: 1 };
  for (const [index, name] of names.entries()) {
    if (name === '') throw new FileError(`column ${index + 1} has no name`, { where });
    if (FORBIDDEN_KEYS.has(name)) throw new FileError(`a column cannot be named ${name}`, { where });
    if (names.indexOf(name) < index)
      throw new FileError(`two columns are named '${excerpt(name)}'`, { where });
  }
}
