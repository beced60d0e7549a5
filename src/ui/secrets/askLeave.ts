import * as vscode from 'vscode';
import type { KeyRingPorts } from './keyRing.ts';

/** Asks whether a key or an environment variable may be sent to an origin. Closing the question means no. */
export const askLeave: KeyRingPorts['ask'] = async (what, { provider, origin }) => {
  const allow = vscode.l10n.t('Send It');
  const message = what.startsWith('env:')
    ? vscode.l10n.t('Send the environment variable {0} to {1}?', what.slice('env:'.length), origin)
    : vscode.l10n.t('Send your key for “{0}” to {1}?', provider, origin);
  const detail = vscode.l10n.t(
    'This workspace names that address for the provider “{0}”. Allow it only if you know who runs it: whoever does can use your key.',
    provider,
  );
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, allow)) === allow;
};
