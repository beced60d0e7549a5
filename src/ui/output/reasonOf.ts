import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';

/** Why something failed, with the file that is to blame: for a place that names no other. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const failure = error instanceof CallFailure ? error.failure : undefined;
  if (failure?.kind !== 'user' || !failure.where) return error.message;
  return `${vscode.workspace.asRelativePath(failure.where.path)}: ${failure.message}`;
}
