import { PromptError } from '../../errors.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import { isJsonObject } from '../../model/json.ts';
import type { PromptSource, Span } from '../promptSource.ts';
import { Fields } from './fields.ts';

/** A file's settings, empty when it has none, and the stretch of text after them. */
export interface FrontMatter {
  fields: Fields;
  body: Span;
}

/**
 * Splits a file at its front matter: YAML between a first line `---` and the next one. Blank lines and `#` comments
 * may precede it. Throws PromptError if it is not closed or not a map, and FileError if its YAML is invalid; both with
 * line and column.
 */
export function readFrontMatter(source: PromptSource): FrontMatter {
  const whole = { start: 0, end: source.text.length };
  const lines = [...source.lines(whole)];
  const open = lines.findIndex((line) => !/^\s*(#.*)?$/.test(line.text));
  const first = lines[open];
  if (first === undefined || !isFence(first.text)) return { fields: Fields.empty(source.path), body: whole };

  const close = lines.findIndex((line, index) => index > open && isFence(line.text));
  const last = lines[close];
  if (last === undefined) {
    throw new PromptError('the front matter is not closed', {
      where: source.location(first.start),
      remedy: 'Add a --- line after the settings.',
    });
  }

  const yaml = source.text.slice(first.next, last.start);
  const document = parseYaml(yaml, source.path, { line: source.location(first.next).line });
  const body = { start: last.next, end: source.text.length };
  if (document.value === null) return { fields: Fields.empty(source.path), body };

  if (!isJsonObject(document.value)) {
    throw new PromptError('the front matter is not a map of settings', {
      where: document.locate([]),
      remedy: 'Write one setting per line, for example name: greeting.',
    });
  }

  return { fields: new Fields(document), body };
}

function isFence(line: string): boolean {
  return /^---[ \t]*$/.test(line);
}
