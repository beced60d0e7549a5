import type { SourceDocument } from '../../files/formats/document.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceRange } from '../../model/location.ts';
import type { CasePlace } from './casePlace.ts';
import { scanYamlCases } from './scanYamlCases.ts';

/** What is known of a dataset's file. */
interface DatasetText {
  path: string;
  text: string;
  format: 'yaml' | 'json' | 'jsonl' | 'other';
  /** Parsed when it is asked for. */
  document: SourceDocument | undefined;
}

/** The cases of a dataset, in file order. If the text cannot be parsed, those that can still be recognised. */
export function findCases(file: DatasetText): CasePlace[] {
  switch (file.format) {
    case 'jsonl':
      return casesOfLines(file);
    case 'yaml':
      return scanYamlCases(file.text, file.path) ?? casesOfDocument(file);
    case 'json':
      return casesOfDocument(file);
    case 'other':
      return [];
  }
}

function casesOfDocument({ document }: DatasetText): CasePlace[] {
  const list = isJsonObject(document?.value) ? document.value['test_cases'] : undefined;
  if (!document || !Array.isArray(list)) return [];
  return list.map((value, index) => {
    const at = ['test_cases', index] as const;
    const range = document.locate(at);
    return { ...namesOf(value), range, idRange: hasId(value) ? document.locate([...at, 'id']) : range };
  });
}

function casesOfLines({ text, path }: DatasetText): CasePlace[] {
  const places: CasePlace[] = [];
  for (const [at, raw] of text.split('\n').entries()) {
    const content = raw.trimEnd();
    const value = content.trim() === '' ? undefined : parseLine(content);
    if (!isJsonObject(value) || (places.length === 0 && 'schema_version' in value)) continue;
    const range = rangeOfLine(path, at + 1, 1, content.length + 1);
    const token = hasId(value) ? JSON.stringify(value['id']) : '';
    const start = token === '' ? -1 : content.indexOf(token, content.indexOf('"id"') + 4);
    const idRange = start < 0 ? range : rangeOfLine(path, at + 1, start + 1, start + 1 + token.length);
    places.push({ ...namesOf(value), range, idRange });
  }

  return places;
}

function parseLine(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rangeOfLine(path: string, line: number, column: number, endColumn: number): SourceRange {
  return { path, line, column, endLine: line, endColumn };
}

function hasId(value: JsonValue): boolean {
  return isJsonObject(value) && typeof value['id'] === 'string';
}

function namesOf(value: JsonValue): Pick<CasePlace, 'id' | 'tags'> {
  if (!isJsonObject(value)) return { id: '', tags: [] };
  const { id, tags } = value;
  return {
    id: typeof id === 'string' ? id : '',
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
  };
}
