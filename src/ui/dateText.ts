import * as vscode from 'vscode';

/** A date (ISO 8601) in the language and time zone of the editor. */
export function dateText(iso: string): string {
  return new Date(iso).toLocaleString(vscode.env.language);
}
