import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { PromptError } from '../../errors.ts';
import { resolveInside } from '../../files/confine.ts';
import { readText } from '../../files/readText.ts';
import { scanJinja } from '../jinja/jinjaScanner.ts';
import type { PromptSource } from '../promptSource.ts';
import type { ReferenceScope } from './resolveReferences.ts';

/** Templates that include each other deeper than this include themselves. */
const MAX_DEPTH = 10;

/** Longest text that the includes of a file may grow to, in characters. */
const MAX_LENGTH = 4_000_000;

/** `{% include "a.j2" %}` with a literal file name: the tag, the file, and whether a missing file is ignored. */
const INCLUDE =
  /^\{%([-+]?)\s*include\s+(["'])(.+?)\2(\s+ignore\s+missing)?(?:\s+with(?:out)?\s+context)?\s*([-+]?)%\}$/s;

/** A tag that includes a template. */
export interface IncludeTag {
  start: number;
  end: number;
  name: string;
  ignoreMissing: boolean;
  /** Trims the white space before or after it. */
  trims: { before: boolean; after: boolean };
}

/** The tags that include a template, in order; comments are passed over. */
export function includeTags(template: string): IncludeTag[] {
  if (!/\{%[-+]?\s*include\b/.test(template)) return [];
  return scanJinja(template).flatMap(({ kind, start, end }) => {
    const match = kind === 'code' ? INCLUDE.exec(template.slice(start, end)) : null;
    if (!match) return [];
    const [, before, , name = '', ignore, after] = match;
    const trims = { before: before === '-', after: after === '-' };
    return [{ start, end, name, ignoreMissing: ignore !== undefined, trims }];
  });
}

/** Replaces an include: the other template, between comments that trim as the tag does. */
export function includedText(tag: IncludeTag, includes: { [name: string]: string }): string {
  const text = Object.hasOwn(includes, tag.name) ? (includes[tag.name] ?? '') : '';
  return `${tag.trims.before ? '{#- #}' : ''}${text}${tag.trims.after ? '{# -#}' : ''}`;
}

/**
 * The templates that a file includes, by name. Paths are relative to the file's folder, or else to the workspace, and
 * must stay inside it. Throws PromptError at the tag of a missing template, and FileError if one cannot be read.
 */
export function readIncludes(
  source: PromptSource,
  scope: ReferenceScope,
): { [name: string]: string } | undefined {
  const tags = includeTags(source.text);
  if (tags.length === 0) return undefined;
  const found = new Map<string, string>();
  const folder = posix.dirname(source.path);
  for (const tag of tags) {
    if (found.has(tag.name)) continue;
    found.set(tag.name, readWhole(tag, folder, { source, scope, at: tag.start, depth: 1 }));
  }
  return Object.fromEntries(found);
}

interface Reading {
  source: PromptSource;
  scope: ReferenceScope;
  /** Offset of the file's own tag: its includes are reported there. */
  at: number;
  depth: number;
}

function readWhole(tag: IncludeTag, folder: string, reading: Reading): string {
  const where = reading.source.location(reading.at);
  if (reading.depth > MAX_DEPTH) {
    throw new PromptError(`includes are nested deeper than ${MAX_DEPTH} levels`, {
      where,
      remedy: 'Check that no template includes itself.',
    });
  }

  const { root } = reading.scope;
  const bases = [posix.join(root.replaceAll('\\', '/'), folder), root];
  const files = bases.map((base) => resolveInside(root, tag.name, where, { base }));
  const file = files.find((candidate) => existsSync(candidate));

  if (file === undefined) {
    if (tag.ignoreMissing) return '';
    throw new PromptError(`the included template ${tag.name} does not exist`, {
      where,
      remedy: 'Its path is relative to the folder of this file or to the workspace root.',
    });
  }

  // Jinja leaves out the line break that ends a file.
  const text = readText(file, tag.name).replace(/\r?\n$/, '');
  return expand(text, posix.join(folder, posix.dirname(tag.name)), { ...reading, depth: reading.depth + 1 });
}

function expand(text: string, folder: string, reading: Reading): string {
  let expanded = '';
  let cursor = 0;
  for (const tag of includeTags(text)) {
    const whole = readWhole(tag, folder, reading);
    expanded += text.slice(cursor, tag.start) + includedText(tag, { [tag.name]: whole });
    cursor = tag.end;
    if (expanded.length > MAX_LENGTH) {
      throw new PromptError(`the includes expand to more than ${MAX_LENGTH / 1_000_000} million characters`, {
        where: reading.source.location(reading.at),
        remedy: 'Include fewer or smaller files.',
      });
    }
  }

  return expanded + text.slice(cursor);
}
