import { readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceAll } from '../../../src/engine/datasets/migrations/replacement.ts';
import type { Fix, Selection } from '../../../src/engine/language/fixes/fix.ts';
import { LanguageFile } from '../../../src/engine/language/languageFile.ts';
import { LanguageService } from '../../../src/engine/language/languageService.ts';
import { fixedEnvironment } from '../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../src/engine/promptfoo/promptfooFormat.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const { signal } = new AbortController();

/** A file of a workspace folder as an editor has it; `|` marks the cursor where `cursor` is asked for. */
export function openFile(files: { [path: string]: string }, name: string): LanguageFile {
  const root = temporaryFolder(files);
  const absolute = path.join(root, name);
  const isForeign = promptfooFormat.isNamed(path.basename(name));
  return new LanguageFile({ path: name, absolute, root, text: readFileSync(absolute, 'utf8'), isForeign });
}

/** The same file with another text, as after an edit. */
export function retyped(file: LanguageFile, text: string): LanguageFile {
  const { path, absolute, root } = file;
  return new LanguageFile({ path, absolute, root, text });
}

/** Removes the mark `|` from a text and tells where it stood, from 1. */
export function withCursor(marked: string): { text: string; line: number; column: number } {
  const offset = marked.indexOf('|');
  const before = marked.slice(0, offset).split('\n');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  return { text, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** `line:column-line:column severity code: message`, one a line. */
export async function problemLines(file: LanguageFile): Promise<string[]> {
  const problems = await new LanguageService().problems(file, {
    environment: fixedEnvironment({}),
    foreign: promptfooFormat,
    signal,
  });
  return problems.map(({ location: at, severity, code, message }) => {
    const end = at.endLine === undefined ? '' : `-${at.endLine}:${at.endColumn}`;
    return `${at.line}:${at.column}${end} ${severity} ${code}: ${message}`;
  });
}

export function fixesAt(file: LanguageFile, selection: Selection, git = false): Promise<Fix[]> {
  return new LanguageService().fixes(file, selection, { environment: fixedEnvironment({}), git, signal });
}

/** All of the file. */
export const everywhere: Selection = { line: 1, column: 1, endLine: 1_000_000, endColumn: 1 };

/** The text after a fix; undefined for one that does not say what it changes. */
export function applied(file: LanguageFile, { change }: Fix): string | undefined {
  if (change.kind !== 'edits') return undefined;
  const lines = file.text.split('\n');
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  return replaceAll(
    file.text,
    change.edits.map((edit) => ({
      start: offset(edit.line, edit.column),
      end: offset(edit.endLine, edit.endColumn),
      text: edit.text,
    })),
  );
}
