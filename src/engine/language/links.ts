import { statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { resolveInside } from '../files/confine.ts';
import type { Pointer } from '../files/formats/document.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { SourceRange } from '../model/location.ts';
import type { LanguageFile } from './languageFile.ts';

/** A text that names something else: a file of the workspace, or a place in the same file. */
export interface FileLink {
  range: SourceRange;
  /** Absolute path. */
  target: string;
  /** Where in the target; its beginning where absent. */
  at?: SourceRange;
}

/** Longest string that is considered a path. */
const MAX_PATH = 300;
/** More links than these are of no use to anybody. */
const MAX_LINKS = 1_000;

/**
 * The links of a file: datasets, prompts, schemas, programs and replays of a suite, the providers of its models,
 * `file://` anywhere, and `${file:…}` in prompts. Only files that exist inside the workspace are linked.
 */
export function linksOf(file: LanguageFile): FileLink[] {
  const links = file.kind === 'config' ? configLinks(file) : [];
  const known = new Set(links.map(({ range }) => `${range.line}:${range.column}`));
  const others = textLinks(file).filter(({ range }) => !known.has(`${range.line}:${range.column}`));
  return [...links, ...others].slice(0, MAX_LINKS);
}

function configLinks(file: LanguageFile): FileLink[] {
  const { document } = file;
  if (!document) return [];

  const providers = isJsonObject(document.value) ? document.value['providers'] : undefined;
  const links: FileLink[] = [];
  for (const { value, pointer } of texts(document.value, [])) {
    const provider = isModelKey(pointer) ? value.slice(0, Math.max(0, value.indexOf('/'))) : '';
    const isDefined = provider !== '' && isJsonObject(providers) && Object.hasOwn(providers, provider);
    if (isDefined) {
      const at = document.locateKey(['providers', provider]);
      links.push({ range: document.locate(pointer), target: file.absolute, at });
      continue;
    }
    const target = /\s|:\/\//.test(value) ? undefined : existingFile(file, value);
    if (target !== undefined) links.push({ range: document.locate(pointer), target });
  }

  return links;
}

function isModelKey(pointer: Pointer): boolean {
  return ['model', 'judge', 'embeddings'].includes(String(pointer.at(-1)));
}

function* texts(value: JsonValue, pointer: Pointer): Generator<{ value: string; pointer: Pointer }> {
  if (typeof value === 'string') yield { value, pointer };
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* texts(item, [...pointer, index]);
  else if (isJsonObject(value))
    for (const [key, item] of Object.entries(value)) yield* texts(item, [...pointer, key]);
}

/** References that show by their form alone; found in the text, so that a large file need not be parsed. */
function textLinks(file: LanguageFile): FileLink[] {
  const pattern = file.kind === 'prompt' ? /\$\{file:([^{}\n]+)\}/g : /file:\/\/([^\s"',\]}]+)/g;
  const links: FileLink[] = [];
  for (const match of file.text.matchAll(pattern)) {
    const named = match[1] ?? '';
    // promptfoo appends the name of a function after a colon.
    const target = existingFile(file, named) ?? existingFile(file, named.replace(/:[\w$]+$/, ''));
    if (target === undefined) continue;
    const start = match.index + match[0].indexOf(named);
    links.push({ range: file.lines.range(start, start + named.length), target });
    if (links.length >= MAX_LINKS) break;
  }

  return links;
}

function existingFile({ root, absolute }: LanguageFile, reference: string): string | undefined {
  if (reference.length > MAX_PATH || !/[./\\]/.test(reference)) return undefined;
  try {
    const target = resolveInside(root, reference, { path: absolute }, { base: path.dirname(absolute) });
    return statSync(target, { throwIfNoEntry: false })?.isFile() ? target : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
