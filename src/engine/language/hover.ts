import { isJsonObject } from '../model/json.ts';
import { cursorText } from './cursor/cursorText.ts';
import { jsonlCursor } from './cursor/jsonlCursor.ts';
import { type YamlPlace, yamlPlace } from './cursor/yamlCursor.ts';
import type { LanguageFile } from './languageFile.ts';
import type { FileSchemas } from './schema/fileSchema.ts';

/** An explanation, as plain texts. */
export interface HoverText {
  title: string;
  description: string;
  /** As JSON; absent if there is none. */
  fallback?: string;
  /** Allowed values, if there are few. */
  values: string[];
}

const MAX_VALUES = 12;

/** What the key or value at a place (line and column from 1) means. Undefined where nothing is known of it. */
export function hoverAt(
  file: LanguageFile,
  at: { line: number; column: number },
  schemas: FileSchemas,
): HoverText | undefined {
  const schema = schemas.of(file);
  const text = schema && file.format !== 'json' ? cursorText(file, at) : undefined;
  if (!schema || !text) return undefined;

  const found = file.format === 'jsonl' ? jsonlPlace(text) : yamlPlace(text);
  if (!found) return undefined;

  const node = schema.at(found.pointer);
  // A value in a list of names, such as an evaluator, is explained by the key of that name.
  const named = found.isKey || !found.word ? undefined : node.keys.find(({ name }) => name === found.word);
  const { description, fallback, values, title } = named?.node ?? node;
  if (description === undefined || (!found.isKey && !named && node.values.length === 0)) return undefined;

  const isSmall = fallback !== undefined && !isJsonObject(fallback);
  return {
    title: title ?? String(named?.name ?? found.pointer.findLast((key) => typeof key === 'string') ?? ''),
    description,
    ...(isSmall ? { fallback: JSON.stringify(fallback) } : {}),
    values: !named && values.length <= MAX_VALUES ? values.map(String) : [],
  };
}

function jsonlPlace(text: Parameters<typeof jsonlCursor>[0]): YamlPlace | undefined {
  const cursor = jsonlCursor(text);
  if (!cursor || cursor.start === cursor.end) return undefined;
  const word = (text.lines[text.row] ?? '').slice(cursor.start, cursor.end).replace(/^"|"$/g, '');
  if (cursor.role === 'value') return { pointer: cursor.pointer, isKey: false, word };
  return { pointer: [...cursor.pointer, word], isKey: true, word };
}
