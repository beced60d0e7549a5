import { PromptError, UserError } from '../errors.ts';
import type { Pointer, SourceDocument } from '../files/formats/document.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { SourceRange } from '../model/location.ts';
import { fixedEnvironment } from '../ports.ts';
import { parsePrompt } from '../prompts/parsePrompt.ts';
import type { LanguageFile } from './languageFile.ts';

/** One entry of an outline. */
export interface FileSymbol {
  name: string;
  detail: string;
  kind: 'case' | 'suite' | 'target' | 'provider' | 'message';
  range: SourceRange;
  /** Its name; inside `range`. */
  selection: SourceRange;
  children: FileSymbol[];
}

/** Most entries of an outline; more help nobody and slow the editor down. */
const MAX_CASES = 5_000;
const MAX_NAME = 80;

/** The outline of a file: cases, suites with their targets, or messages. Empty for other files. */
export function symbolsOf(file: LanguageFile): FileSymbol[] {
  switch (file.kind) {
    case 'dataset':
      return file.cases.slice(0, MAX_CASES).map(({ id, tags, range, idRange }, index) => ({
        ...{ name: id || `case ${index + 1}`, detail: tags.join(', '), kind: 'case' },
        ...{ range, selection: idRange, children: [] },
      }));
    case 'config':
      return configSymbols(file.document);
    case 'foreign':
      return file.document ? entriesOf(file.document, ['tests'], 'case', 'provider') : [];
    case 'prompt':
      return promptSymbols(file);
    case 'other':
      return [];
  }
}

function configSymbols(document: SourceDocument | undefined): FileSymbol[] {
  if (!document) return [];
  const providers = entriesOf(document, ['providers'], 'provider', 'base_url');
  const suites = entriesOf(document, ['suites'], 'suite', 'description').map((suite) => ({
    ...suite,
    children: entriesOf(document, ['suites', suite.name, 'targets'], 'target', 'model'),
  }));
  return [...providers, ...suites].sort((a, b) => a.range.line - b.range.line);
}

/** The entries of a map by key, or of a list by `name`; `detail` is the field with more information. */
function entriesOf(
  document: SourceDocument,
  at: Pointer,
  kind: FileSymbol['kind'],
  detail: string,
): FileSymbol[] {
  const value = at.reduce<JsonValue | undefined>(
    (inner, key) => (isJsonObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    document.value,
  );

  const keys = Array.isArray(value) ? [...value.keys()] : isJsonObject(value) ? Object.keys(value) : [];
  return keys.map((key) => {
    const entry = Array.isArray(value) ? value[Number(key)] : isJsonObject(value) ? value[key] : undefined;
    const pointer = [...at, key];
    const selection = document.locateKey(pointer);
    const { endLine, endColumn } = document.locate(pointer);

    return {
      name: typeof key === 'string' ? key : short(nameOf(entry) || `${kind} ${key + 1}`),
      detail: short(textOf(entry, detail)),
      kind,
      range: { ...selection, endLine, endColumn },
      selection: typeof key === 'number' ? startOf(selection) : selection,
      children: [],
    };
  });
}

function nameOf(entry: JsonValue | undefined): string {
  return textOf(entry, 'name') || textOf(entry, 'description');
}

function textOf(value: JsonValue | undefined, key: string): string {
  const found = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}

function promptSymbols({ path, text, root }: LanguageFile): FileSymbol[] {
  try {
    // Nothing of the environment shows in an outline.
    const prompt = parsePrompt({ path, text }, { root, environment: fixedEnvironment({}) });
    return prompt.messages.map(({ role, template, range }) => ({
      ...{ name: role, detail: short(template.trim().split('\n')[0] ?? ''), kind: 'message' },
      ...{ range, selection: startOf(range), children: [] },
    }));
  } catch (error) {
    if (error instanceof UserError || error instanceof PromptError) return [];
    throw error;
  }
}

function startOf(range: SourceRange): SourceRange {
  return { ...range, endLine: range.line, endColumn: range.column };
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line;
}
