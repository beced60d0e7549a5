import * as vscode from 'vscode';
import type { ExpectationWords } from './resultTexts.ts';

/** In the language of the editor. */
export function expectationWords(): ExpectationWords {
  return {
    says: vscode.l10n.t('says'),
    doesNotSay: vscode.l10n.t('does not say'),
    calls: vscode.l10n.t('calls'),
    json: vscode.l10n.t('JSON that matches the schema'),
  };
}
