import * as vscode from 'vscode';

/** Opens a file of the workspace at a line and column, which count from 1. */
export function placeCommand(
  root: string,
  { path, line, column }: { path: string; line: number; column: number },
): vscode.Command {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const options: vscode.TextDocumentShowOptions = { selection: new vscode.Range(at, at) };
  const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path);
  return { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri, options] };
}
