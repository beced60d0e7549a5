import * as vscode from 'vscode';

/** Opens a file (absolute) at a line and column, which count from 1. */
export function placeCommand(
  file: string,
  { line, column }: { line: number; column: number },
): vscode.Command {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const options: vscode.TextDocumentShowOptions = { selection: new vscode.Range(at, at) };
  return {
    command: 'vscode.open',
    title: vscode.l10n.t('Open'),
    arguments: [vscode.Uri.file(file), options],
  };
}
