import { defined, nonEmpty } from '../../../model/defined.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { ImportTally } from '../importTally.ts';
import type { SourceRecord } from '../records/sourceRecord.ts';
import { assertionFromText } from './promptfooExpected.ts';

/** The parts of a test that mean something here. */
export interface PromptfooTest {
  vars: JsonObject;
  assert: JsonObject[];
  description?: string;
  threshold?: number;
  metadata?: JsonObject;
  options?: JsonObject;
}

/** Columns with a meaning of their own, and the option that they set. */
const OPTION_COLUMNS: { [column: string]: string } = { __prefix: 'prefix', __suffix: 'suffix' };

/**
 * A row of a promptfoo CSV file: `__expected`, `__expected2`, … are assertions; `__description`, `__threshold`,
 * `__metric`, `__prefix`, `__suffix`, `__metadata:key` and `__config:__expected1:threshold` are what their names say;
 * every other column is a variable. Throws FileError for a threshold that is not a number.
 */
export function promptfooRow(record: SourceRecord, tally: ImportTally): PromptfooTest {
  const vars: JsonObject = {};
  const metadata: JsonObject = {};
  const options: JsonObject = {};
  const assert: JsonObject[] = [];

  for (const name of record.names) {
    if (name.startsWith('__')) continue;
    vars[name] = record.takeText(name) ?? '';
  }

  for (const name of record.names.filter((column) => /^__expected\d*$/.test(column))) {
    const cell = record.takeText(name);
    if (cell !== undefined && cell.trim() !== '') assert.push(assertionFromText(cell));
  }

  for (const name of record.names) {
    if (name in OPTION_COLUMNS) {
      const text = record.takeText(name);
      if (text !== undefined) options[OPTION_COLUMNS[name] ?? name] = text;
    } else if (name.startsWith('__metadata:')) readMetadata(name.slice('__metadata:'.length));
    else if (name.startsWith('__config:')) readConfig(name);
  }

  const metric = record.takeText('__metric');
  if (metric !== undefined) for (const assertion of assert) assertion['metric'] = metric;
  const description = record.takeText('__description');
  const threshold = takeNumber(record, '__threshold');

  for (const name of record.names.filter((column) => column.startsWith('__') && record.has(column))) {
    if (name in record.rest()) tally.note(`the unknown column ${name} is kept in the metadata`);
  }

  return {
    vars,
    assert,
    ...defined({ description, threshold, metadata: nonEmpty(metadata), options: nonEmpty(options) }),
  };

  function readMetadata(key: string): void {
    const text = record.takeText(`__metadata:${key}`);
    if (text === undefined || text.trim() === '' || key === '') return;
    if (!key.endsWith('[]')) metadata[key] = text;
    else
      metadata[key.slice(0, -2)] = text.split(/(?<!\\),/).map((item) => item.trim().replaceAll('\\,', ','));
  }

  function readConfig(column: string): void {
    const match = /^__config:__expected(\d*):threshold$/.exec(column);
    const number = match ? takeNumber(record, column) : undefined;
    const assertion = assert[match?.[1] ? Number(match[1]) - 1 : 0];
    if (number !== undefined && assertion) assertion['threshold'] = number;
  }
}

function takeNumber(record: SourceRecord, name: string): number | undefined {
  const text = record.takeText(name)?.trim();
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw record.fail(`${name} is '${text.slice(0, 40)}'; expected a number`);
}
