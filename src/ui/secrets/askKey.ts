import * as vscode from 'vscode';
import type { CallFailure } from '../../protocol/callFailure.ts';

/** Says which key is missing, and lets the person set it. Whether one was set. */
export async function askKey({ failure }: CallFailure): Promise<boolean> {
  const set = vscode.l10n.t('Set API Key…');
  const message = vscode.l10n.t('Nothing was run: {0}.', failure.message);
  const detail = vscode.l10n.t('The evaluation starts when the key is set.');
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, set)) !== set) return false;
  return (await vscode.commands.executeCommand<boolean | undefined>('touchstone.setApiKey')) === true;
}
