import path from 'node:path';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { nunjucksText } from '../../prompts/nunjucks/renderNunjucks.ts';
import {
  expandReference,
  type PromptfooReader,
  parseReferenced,
  readReference,
} from '../config/promptfooReader.ts';

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/;
const MAX_ROUNDS = 5;
/** Most cases that the lists of one test may make. */
export const MAX_COMBINATIONS = 100_000;
/** Files that promptfoo runs. */
const PROGRAM = /\.(?:[cm]?[jt]s|py)$/i;
/** Files that are no text. */
const NO_TEXT = /\.(?:pdf|png|jpe?g|gif|webp|bmp|svg|mp3|wav|m4a|ogg|flac|mp4|mov|webm)$/i;

/** A variable that cannot be filled in; the case is then reported as an error. */
export class UnsupportedVariable extends Error {}

/**
 * Every combination of a test's variables: a list of texts stands for one value after the other, and so do the
 * files of a pattern; any other list is a value. The last variable changes fastest.
 */
export function combinations(reader: PromptfooReader, vars: JsonObject): JsonObject[] {
  let found: JsonObject[] = [{}];
  for (const [key, value] of Object.entries(vars)) {
    const values = valuesOf(reader, value);
    if (found.length * values.length > MAX_COMBINATIONS) {
      throw new UnsupportedVariable(`the lists make more than ${MAX_COMBINATIONS} combinations`);
    }
    found = found.flatMap((combination) => values.map((item) => ({ ...combination, [key]: item })));
  }
  return found;
}

/**
 * The variables with files read, a last line break removed, and `{{other}}` within them replaced, as promptfoo
 * has them when it renders a prompt. Those that are called `late` are not known yet, and stay. Throws FileError and
 * UnsupportedVariable.
 */
export function resolveVariables(
  reader: PromptfooReader,
  vars: JsonObject,
  location: SourceLocation,
  late?: ReadonlySet<string>,
): JsonObject {
  const resolved = Object.fromEntries(
    Object.entries(vars).map(([key, value]) => [key, readValue(reader, key, value, location)]),
  );
  for (let round = 0; round < MAX_ROUNDS; round++) if (!substitute(resolved, late)) break;
  return resolved;
}

function valuesOf(reader: PromptfooReader, value: JsonValue): JsonValue[] {
  if (typeof value === 'string' && value.startsWith('file://')) {
    const files = expandReference(reader, value).map((file) => `file://${file}`);
    if (files.length === 0) throw new UnsupportedVariable(`no file matches ${value}`);
    return files;
  }
  return Array.isArray(value) && typeof value[0] === 'string' ? value : [value];
}

function readValue(
  reader: PromptfooReader,
  key: string,
  value: JsonValue,
  location: SourceLocation,
): JsonValue {
  if (typeof value !== 'string') return value;
  if (!value.startsWith('file://')) return value.replace(/\n$/, '');
  if (PROGRAM.test(value)) {
    throw new UnsupportedVariable(
      `the variable "${key}" is made by the program ${value}, which is not supported`,
    );
  }
  if (NO_TEXT.test(value))
    throw new UnsupportedVariable(`the variable "${key}" is ${value}, which is no text`);
  const file = readReference(reader, value, location);
  if (/\.ya?ml$/i.test(path.extname(file.path))) return JSON.stringify(parseReferenced(file).value);
  return file.text.trim();
}

/** One round; true when something was replaced. */
function substitute(vars: JsonObject, late?: ReadonlySet<string>): boolean {
  let changed = false;
  for (const [key, value] of Object.entries(vars)) {
    const match = typeof value === 'string' ? PLACEHOLDER.exec(value) : null;
    const name = match?.[1];
    if (typeof value !== 'string' || !match || name === undefined || !Object.hasOwn(vars, name)) continue;
    if (late?.has(name)) continue;
    vars[key] = value.replace(match[0], () => nunjucksText(vars[name]));
    changed = true;
  }
  return changed;
}
