import { extname } from 'node:path';
import { FileError } from '../../../errors.ts';
import { dataFormat } from '../../../files/formats/dataFormat.ts';
import type { Pointer, SourceDocument } from '../../../files/formats/document.ts';
import { readLineBatches } from '../../../files/formats/jsonLines.ts';
import { parseJson } from '../../../files/formats/parseJson.ts';
import { parseYaml } from '../../../files/formats/parseYaml.ts';
import { readText } from '../../../files/readText.ts';
import { excerpt } from '../../../files/text/excerpt.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { SourceLocation } from '../../../model/location.ts';
import { SourceRecord } from '../records/sourceRecord.ts';
import { readColumns } from './readColumns.ts';
import { readCsv } from './readCsv.ts';

export type FileKind = 'yaml' | 'json' | 'jsonl' | 'csv';

/** A foreign file that is being imported. JSONL is streamed; the others are read whole. */
export interface ImportSource {
  readonly path: string;
  readonly kind: FileKind;
  /** The whole file; undefined for JSONL and CSV. */
  readonly document: SourceDocument | undefined;
  /**
   * The records in file order, in batches. `at` is the pointer to the list (or the one record) in a whole file. Throws
   * FileError for a record that is not a map.
   */
  batches(at: Pointer, signal: AbortSignal): AsyncIterable<SourceRecord[]>;
  /** The same file as a list of records, where it is a map of columns: `{ input: […], target: […] }`. */
  byColumns?(): ImportSource | undefined;
}

/** `path` is absolute; `shownAs` appears in messages. The file extension determines the format. */
export function openImportSource(path: string, shownAs: string): ImportSource {
  const kind = fileKind(shownAs);
  if (kind === 'jsonl') {
    return {
      path: shownAs,
      kind,
      document: undefined,
      batches: (_at, signal) => readJsonl(path, shownAs, signal),
    };
  }

  const text = readText(path, shownAs);
  if (kind === 'csv') {
    const rows = readCsv(text, shownAs);
    return { path: shownAs, kind, document: undefined, batches: (_at, signal) => inBatches(rows, signal) };
  }

  const document = kind === 'yaml' ? parseYaml(text, shownAs) : parseJson(text, shownAs);
  return {
    path: shownAs,
    kind,
    document,
    batches: (at, signal) => inBatches(recordsOf(document, at), signal),
    byColumns: () => byColumns(document, kind),
  };
}

function byColumns(document: SourceDocument, kind: FileKind): ImportSource | undefined {
  const table = readColumns(document.value);
  if (!table) return undefined;
  const rows = { ...document, value: table.rows, locate: document.locate };
  const records = table.rows.map((row, index) => {
    const { path, line, column } = document.locate(table.place(index));
    return new SourceRecord(row, { path, line, column });
  });
  return { path: document.path, kind, document: rows, batches: (_at, signal) => inBatches(records, signal) };
}

/** The value at `pointer`, or undefined. */
export function valueAt(root: JsonValue, pointer: Pointer): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of pointer) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isJsonObject(value)) value = Object.hasOwn(value, step) ? value[step] : undefined;
    else return undefined;
  }
  return value;
}

function fileKind(path: string): FileKind {
  const format = dataFormat(path);
  if (format) return format;
  if (extname(path).toLowerCase() === '.csv') return 'csv';
  throw new FileError('the file extension does not identify the format', {
    where: { path },
    remedy: 'Rename it to .yaml, .json, .jsonl or .csv.',
  });
}

async function* readJsonl(path: string, shownAs: string, signal: AbortSignal) {
  for await (const lines of readLineBatches(path, { signal, shownAs })) {
    yield lines.map(({ text, line }) => {
      const { value } = parseJson(text, shownAs, { line });
      return asRecord(value, { path: shownAs, line, column: 1 });
    });
  }
}

function recordsOf(document: SourceDocument, at: Pointer): SourceRecord[] {
  const found = valueAt(document.value, at) ?? null;
  const items = Array.isArray(found) ? found : [found];
  return items.map((item, index) => {
    const { path, line, column } = document.locate(Array.isArray(found) ? [...at, index] : at);
    return asRecord(item, { path, line, column });
  });
}

function asRecord(value: JsonValue, location: SourceLocation): SourceRecord {
  if (isJsonObject(value)) return new SourceRecord(value, location);
  if (typeof value === 'string' && value.startsWith('file://')) {
    throw new FileError(`the records are in another file: ${excerpt(value, 200)}`, {
      where: location,
      remedy: 'Import that file instead.',
    });
  }
  throw new FileError('this record is not a map', {
    where: location,
    remedy: 'Each record must be a map of fields. To skip this one, remove it from the file.',
  });
}

async function* inBatches(records: readonly SourceRecord[], signal: AbortSignal) {
  for (let start = 0; start < records.length; start += 500) {
    signal.throwIfAborted();
    yield records.slice(start, start + 500);
  }
}
