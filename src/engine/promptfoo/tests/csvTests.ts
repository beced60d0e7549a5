import { parse } from 'csv-parse/sync';
import { assertionFromText, finiteNumber } from '../../datasets/import/formats/promptfooExpected.ts';
import { FileError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { ReferencedFile } from '../config/promptfooReader.ts';

/** One row of a CSV file by its header; `line` counts from 1. */
export interface CsvRow {
  row: Record<string, string>;
  line: number;
}

/** The rows of a CSV file with a header. Stray quotes are kept as they stand. Throws FileError. */
export function parseCsv(file: ReferencedFile): CsvRow[] {
  const delimiter = delimiterOf(file.text);
  const read = (relaxed: boolean): CsvRow[] => {
    const records: unknown = parse(file.text, {
      columns: (names: string[]) => refuseRepeated(names, file.path),
      delimiter,
      bom: true,
      info: true,
      relax_quotes: relaxed,
    });

    return (records as { record: Record<string, string>; info: { lines: number } }[]).map(
      ({ record, info }) => ({ row: record, line: info.lines }),
    );
  };

  try {
    return read(false);
  } catch (error) {
    if (error instanceof FileError) throw error;

    try {
      return read(true);
    } catch (cause) {
      const line = Number(Object(cause).lines ?? 1);
      throw new FileError(`invalid CSV: ${cause instanceof Error ? cause.message : cause}`, {
        where: { path: file.path, line, column: 1 },
        remedy: `Check the quotes and the number of columns; they are separated by ${NAMES[delimiter]}.`,
        cause,
      });
    }
  }
}

/** Of two columns with one name, only the last would count. */
function refuseRepeated(names: string[], path: string): string[] {
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated === undefined || repeated.trim() === '') return names;
  throw new FileError(`two columns are named '${repeated}'`, {
    where: { path, line: 1, column: 1 },
    remedy: repeated.startsWith('__expected')
      ? 'Number them: __expected1, __expected2'
      : 'Rename one of the two.',
  });
}

type Delimiter = ',' | ';' | '\t';

const NAMES: Readonly<Record<Delimiter, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' };

/** What separates the columns: spreadsheets of many languages write semicolons, and some tools tabs. */
function delimiterOf(text: string): Delimiter {
  const header = /^[^\r\n]*/.exec(text.replace(/^\ufeff/, ''))?.[0].replace(/"[^"]*"/g, '') ?? '';
  if (header.includes(',')) return ',';
  return header.includes(';') ? ';' : header.includes('\t') ? '\t' : ',';
}

/** A test from a row: columns that begin with `__` say how it is judged, the others are its variables. */
export function testFromRow({ row }: CsvRow): JsonObject {
  const vars: JsonObject = {};
  const metadata: JsonObject = {};
  const options: JsonObject = {};
  const test: JsonObject = { vars, options };
  const assertions: JsonObject[] = [];
  const thresholds = new Map<number, number>();
  let metric: string | undefined;
  for (const [written, value] of Object.entries(row)) {
    const key = written.trim();
    if (key.startsWith('__expected')) {
      if (value.trim() !== '') assertions.push(assertionFromText(value));
    } else if (key === '__prefix' || key === '__suffix') options[key.slice(2)] = value;
    else if (key === '__description') test['description'] = value;
    else if (key === '__providerOutput') {
      if (value !== '') test['providerOutput'] = value;
    } else if (key === '__metric') metric = value;
    else if (key === '__threshold') put(test, 'threshold', finiteNumber(value));
    else if (key.startsWith('__metadata:')) Object.assign(metadata, metadataOf(key.slice(11), value));
    else if (key.startsWith('__config:')) readConfig(key, value, thresholds);
    else if (key !== '__metadata') vars[key] = value;
  }

  if (Object.keys(metadata).length > 0) test['metadata'] = metadata;
  test['assert'] = assertions.map((assertion, index) => ({
    ...assertion,
    ...defined({ metric }),
    ...(thresholds.has(index) ? { threshold: thresholds.get(index) ?? 0 } : {}),
  }));

  return test;
}

function put(object: JsonObject, key: string, value: JsonValue | undefined): void {
  if (value !== undefined) object[key] = value;
}

/** `tags[]` is a list with commas between its items; `\,` is a comma within one. */
function metadataOf(key: string, value: string): JsonObject {
  if (value.trim() === '') return {};
  if (!key.endsWith('[]')) return { [key]: value };
  const items = value.split(/(?<!\\),/).map((item) => item.trim().replaceAll('\\,', ','));
  return { [key.slice(0, -2)]: items };
}

/** `__config:__expected2:threshold`. */
function readConfig(key: string, value: string, thresholds: Map<number, number>): void {
  const match = /^__config:__expected(\d*):threshold$/.exec(key);
  const threshold = finiteNumber(value);
  if (match && threshold !== undefined) thresholds.set(Math.max(0, Number(match[1] || 1) - 1), threshold);
}
