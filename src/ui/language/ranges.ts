import * as vscode from 'vscode';

interface Span {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** The engine counts lines and columns from 1, the editor from 0. */
export function toRange({ line, column, endLine, endColumn }: Span): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}

export function toSpan({ start, end }: vscode.Range): Span {
  return {
    ...{ line: start.line + 1, column: start.character + 1 },
    ...{ endLine: end.line + 1, endColumn: end.character + 1 },
  };
}

export function toPlace({ line, character }: vscode.Position): { line: number; column: number } {
  return { line: line + 1, column: character + 1 };
}
