import { quoteLike } from '../../datasets/migrations/replacement.ts';
import type { Problem } from '../../model/problem.ts';
import type { LanguageFile } from '../languageFile.ts';

/** Text in place of a stretch of the file; lines and columns from 1, the end exclusive. */
export interface FileEdit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

/**
 * What a fix does: small edits, a new file (absolute path), or an upgrade of the dataset, which is only worked out
 * when it is asked for.
 */
export type FixChange =
  | { kind: 'edits'; edits: FileEdit[] }
  | { kind: 'upgrade' }
  | { kind: 'create'; path: string; text: string };

/** One way to mend something. */
export interface Fix {
  /** Begins with a capital, without a full stop. */
  title: string;
  /** What it mends; absent where nothing is wrong. */
  problem?: Problem;
  change: FixChange;
  /** The most likely choice. */
  preferred: boolean;
}

/** A stretch of lines and columns, as a selection is. */
export interface Selection {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** Whether the place of a problem meets a selection. Without an end, a problem reaches to the end of its line. */
export function meets({ location }: Problem, selection: Selection): boolean {
  const { line, column, endLine = line, endColumn = Number.POSITIVE_INFINITY } = location;
  const before = endLine < selection.line || (endLine === selection.line && endColumn < selection.column);
  const behind = line > selection.endLine || (line === selection.endLine && column > selection.endColumn);
  return !before && !behind;
}

/** The text at the place of a problem, and an edit that puts `text` there, quoted as the old one is. */
export function replacementAt(file: LanguageFile, problem: Problem, text: string): FileEdit | undefined {
  const { line, column, endLine, endColumn } = problem.location;
  if (endLine === undefined || endColumn === undefined || endLine !== line) return undefined;
  const old = textAt(file, problem);
  if (old === '') return undefined;
  return { line, column, endLine, endColumn, text: quoteLike(old, text) };
}

/** The text at a problem; empty if it has no end or spans several lines. */
export function textAt(file: LanguageFile, { location }: Problem): string {
  if (location.endLine !== location.line || location.endColumn === undefined) return '';
  const line = file.text.split('\n', location.line)[location.line - 1] ?? '';
  return line.slice(location.column - 1, location.endColumn - 1);
}

export function unquoted(written: string): string {
  return /^(["']).*\1$/.test(written) ? written.slice(1, -1) : written;
}
