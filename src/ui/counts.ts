import * as vscode from 'vscode';
import { formatCount } from '../engine/model/figures.ts';

/** `1 case`, `1,234 cases`, in the language of the editor. */
export function caseCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 case') : vscode.l10n.t('{0} cases', formatCount(count));
}

export function trialCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 trial') : vscode.l10n.t('{0} trials', formatCount(count));
}

export function changeCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 change') : vscode.l10n.t('{0} changes', formatCount(count));
}

export function fileCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', formatCount(count));
}
