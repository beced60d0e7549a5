import { existsSync } from 'node:fs';
import path from 'node:path';
import { FileError } from '../../errors.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { readsName } from '../../prompts/nunjucks/readsName.ts';
import { attempt, placeOf, reportAt } from '../../suites/config/configReader.ts';
import { withEnvironment } from '../config/environmentTemplates.ts';
import {
  expandReference,
  type PromptfooReader,
  parseReferenced,
  type ReferencedFile,
  readReference,
  warn,
} from '../config/promptfooReader.ts';
import { parseCsv } from '../tests/csvTests.ts';
import { isProgram, programPrompt } from './programPrompt.ts';
import type { PromptfooPrompt } from './promptfooPrompt.ts';
import { checkPromptTemplate } from './promptTemplates.ts';

const TEXT_FILE = /\.(?:txt|md|j2|json|jsonl|ya?ml|csv)$/i;
const SEPARATOR = /^---$/;

/** The prompts of the file; `{{prompt}}` where it names none. Reports what cannot be read. */
export function readPrompts(reader: PromptfooReader, value: JsonValue | undefined): PromptfooPrompt[] {
  if (value === undefined || value === null) return [inline('{{prompt}}', placeOf(reader, []), 0)];
  const prompts = entriesOf(value).flatMap(({ item, label, at }, index) =>
    readPrompt(reader, item, label, ['prompts', ...at], index),
  );
  for (const prompt of prompts) finish(reader, prompt);
  return prompts;
}

/** A list, one prompt, or a map of files to labels. */
function entriesOf(value: JsonValue): { item: JsonValue; label?: string; at: Pointer }[] {
  if (Array.isArray(value)) return value.map((item, index) => ({ item, at: [index] }));
  if (!isJsonObject(value) || 'raw' in value || 'id' in value) return [{ item: value, at: [] }];
  return Object.entries(value).map(([file, label]) => ({ item: file, label: String(label), at: [file] }));
}

function readPrompt(
  reader: PromptfooReader,
  item: JsonValue,
  mapLabel: string | undefined,
  at: Pointer,
  index: number,
): PromptfooPrompt[] {
  const location = placeOf(reader, at);
  const own = isJsonObject(item) ? item : {};
  const source = typeof item === 'string' ? item : (own['raw'] ?? own['id']);
  const label = typeof own['label'] === 'string' ? own['label'] : mapLabel;
  const id = typeof own['id'] === 'string' ? own['id'] : undefined;
  if (typeof source !== 'string') {
    // A chat written directly as YAML.
    const raw = JSON.stringify(source ?? item);
    return [{ ...inline(raw, location, index), ...defined({ label }) }];
  }

  const named = { ...defined({ label, id }) };
  if (isProgram(source)) return [programPrompt(reader, source, location, named)];
  if (!isFile(reader, source)) return [{ ...inline(source, location, index), ...named }];

  const files = expandReference(reader, source);
  if (files.length === 0) reportMissing(reader, source, at);

  return files.flatMap((file) => {
    if (isProgram(file)) return [programPrompt(reader, file, location, named)];

    const read = attempt(reader, at, 'missing-file', () => {
      const referenced = readReference(reader, file, location);
      return promptsOf(referenced).map((raw) => ({ raw, ...placeIn(referenced, raw) }));
    });

    return (read ?? []).map(({ raw, ...place }, count, all) => {
      const name = path.basename(file).replace(/\.[^.]*$/, '');
      return {
        label: label === undefined ? `${file}: ${raw}` : all.length > 1 ? `${label}: ${raw}` : label,
        ...defined({ id }),
        name: all.length > 1 ? `${name}-${count + 1}` : name,
        raw,
        ...place,
      };
    });
  });
}

/** Where a prompt stands in its file, and whether it stands there as it is. */
function placeIn(
  { path: file, text }: ReferencedFile,
  raw: string,
): { location: SourceLocation; verbatim?: true } {
  const at = text.replaceAll('\r\n', '\n').indexOf(raw);
  if (at < 0 || raw === '') return { location: { path: file, line: 1, column: 1 } };
  const line = text.replaceAll('\r\n', '\n').slice(0, at).split('\n').length;
  return { location: { path: file, line, column: 1 }, verbatim: true };
}

function inline(raw: string, location: SourceLocation, index: number): PromptfooPrompt {
  return { label: raw, name: `prompt-${index + 1}`, raw, location };
}

/** The prompts that a file holds. Throws FileError. */
function promptsOf(file: ReferencedFile): string[] {
  switch (path.extname(file.path).toLowerCase()) {
    case '.txt':
      return split(file.text);
    case '.json':
    case '.yaml':
    case '.yml':
      return [dataOrTemplate(file)];
    case '.jsonl':
      return file.text.split(/\r?\n/).filter((line) => line !== '');
    case '.csv':
      return csvPrompts(file);
    default:
      return [file.text];
  }
}

/** A chat whose statements make it no JSON or YAML until it is filled in is a template as it stands, as in promptfoo. */
function dataOrTemplate(file: ReferencedFile): string {
  try {
    return JSON.stringify(parseReferenced(file).value);
  } catch (error) {
    if (error instanceof FileError && /\{%/.test(file.text)) return file.text;
    throw error;
  }
}

function split(text: string): string[] {
  const parts: string[][] = [[]];
  for (const line of text.split(/\r?\n/)) {
    if (SEPARATOR.test(line.trim())) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => lines.join('\n').trim()).filter((part) => part !== '');
}

function csvPrompts(file: ReferencedFile): string[] {
  if (file.text.includes(',')) {
    const rows = parseCsv(file).flatMap(({ row }) => (row['prompt'] ? [row['prompt'].trim()] : []));
    if (rows.length > 0) return rows;
  }
  const lines = file.text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines[0]?.trim().toLowerCase() === 'prompt' ? lines.slice(1) : lines;
}

/** A text is a file when it says so, or when it ends like one and one is there. */
function isFile(reader: PromptfooReader, source: string): boolean {
  if (source.includes('\n')) return false;
  if (source.startsWith('file://')) return true;
  if (/[*]/.test(source) && expandReference(reader, source).length > 0) return true;
  if (TEXT_FILE.test(source) && !/\s/.test(source)) return true;
  return TEXT_FILE.test(source) && existsSync(path.resolve(reader.base, source));
}

function finish(reader: PromptfooReader, prompt: PromptfooPrompt): void {
  prompt.raw = String(withEnvironment(prompt.raw, reader.env));
  if (prompt.raw.includes('${env:')) refuseEnvironment(reader, prompt);
  if (readsName(prompt.raw, '_conversation')) prompt.conversation = true;
  checkPromptTemplate(reader, prompt);
}

/** What a variable of the environment holds may be a key, and prompts are stored and shown. */
function refuseEnvironment(reader: PromptfooReader, prompt: PromptfooPrompt): void {
  prompt.unsupported = 'the prompt reads the environment, which only providers may';
  warn(reader, prompt.location, {
    code: 'unsupported-prompt',
    message: prompt.unsupported,
    remedy: 'Its cases are reported as errors. Give the value in "vars", or under "env" of the file.',
  });
}

function reportMissing(reader: PromptfooReader, source: string, at: Pointer): void {
  reportAt(reader, at, {
    code: 'missing-file',
    message: `no file matches "${source}"`,
    remedy: 'Paths count from the folder of the configuration.',
  });
}
