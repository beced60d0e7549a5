import * as vscode from 'vscode';
import type { KeyRingPorts } from './keyRing.ts';

/** Asks whether a key or an environment variable may be sent to an origin. Closing the question means no. */
export const askLeave: KeyRingPorts['ask'] = async (what, { provider, origin }) => {
  const program = programAt(origin);
  if (program !== undefined) return askForProgram(what.slice('env:'.length), program);
  const allow = vscode.l10n.t('Allow');
  const message = what.startsWith('env:')
    ? vscode.l10n.t('Send the environment variable {0} to {1}?', what.slice('env:'.length), origin)
    : vscode.l10n.t('Send your key for “{0}” to {1}?', provider, origin);
  const detail = vscode.l10n.t(
    'This workspace sets that URL for the provider “{0}”. Allow it only if you trust whoever runs it: they can use your key.',
    provider,
  );
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, allow)) === allow;
};

/** A command target stands at its folder, with its command behind the `#`. */
function programAt(origin: string): { command: string; folder: string } | undefined {
  const place = vscode.Uri.parse(origin);
  return place.scheme === 'file' ? { command: place.fragment, folder: place.fsPath } : undefined;
}

async function askForProgram(
  variable: string,
  { command, folder }: { command: string; folder: string },
): Promise<boolean> {
  const allow = vscode.l10n.t('Allow');
  const message = vscode.l10n.t('Pass the environment variable {0} to {1}?', variable, command);
  const detail = vscode.l10n.t(
    'This workspace runs that program in {0}. Allow it only if you trust it: it can read and use the variable.',
    folder,
  );
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, allow)) === allow;
}
