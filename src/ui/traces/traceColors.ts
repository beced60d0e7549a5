import * as vscode from 'vscode';

const SCHEME = 'touchstone-span';

/** Of a trace or span with an error: its label is shown in the colour of errors. */
export function failedUri(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${id}` });
}

/** Marks traces and spans with errors, as the editor does with files: in high contrast, labels have no colour for it. */
export const traceColors: vscode.FileDecorationProvider = {
  provideFileDecoration: ({ scheme }) =>
    scheme === SCHEME ? new vscode.FileDecoration('!', undefined, ERROR) : undefined,
};

const ERROR = new vscode.ThemeColor('list.errorForeground');
