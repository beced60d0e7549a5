/** A place in a file of the workspace. `path` as it was given; `line` and `column` count from 1. */
export interface SourceLocation {
  path: string;
  line: number;
  column: number;
}

/** A stretch of a file; the end is exclusive. */
export interface SourceRange extends SourceLocation {
  endLine: number;
  endColumn: number;
}

export function formatLocation(at: { path: string; line?: number; column?: number }): string {
  if (at.line === undefined) return at.path;
  return at.column === undefined ? `${at.path}:${at.line}` : `${at.path}:${at.line}:${at.column}`;
}
