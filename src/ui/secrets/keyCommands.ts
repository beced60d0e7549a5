import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { KeyRing } from './keyRing.ts';

/** Set API key…, which returns whether one was set, and clear API key…. */
export function registerKeyCommands(keys: KeyRing, engine: EngineClient, output: Output): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('touchstone.setApiKey', () => setKey(keys, engine), output),
    registerCommand('touchstone.clearApiKey', () => clearKey(keys), output),
  );
}

async function setKey(keys: KeyRing, engine: EngineClient): Promise<boolean> {
  const { providers } = await engine.call('model/list', {});
  const stored = new Set(keys.entries().map(({ provider, origin }) => `${provider}@${origin}`));
  const items = providers
    .filter(({ needsKey }) => needsKey)
    .map(({ name, origin }) => ({
      label: name,
      description: origin,
      detail: stored.has(`${name}@${origin}`) ? vscode.l10n.t('Key stored') : '',
      origin,
    }));
  if (items.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('No provider in this workspace needs a key.'));
    return false;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Set API Key'),
    placeHolder: vscode.l10n.t('The provider and URL that the key is for'),
  });
  if (!chosen) return false;
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t('API key for {0} at {1}', chosen.label, chosen.origin),
    prompt: vscode.l10n.t('Stored in the editor’s secret storage and sent only to this URL.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Enter a key.') : undefined),
  });
  if (value === undefined) return false;
  await keys.store({ provider: chosen.label, origin: chosen.origin }, value.trim());
  return true;
}

async function clearKey(keys: KeyRing): Promise<void> {
  const items = keys
    .entries()
    .map(({ provider, origin }) => ({ label: provider, description: origin, origin }));
  if (items.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('No API key is stored.'));
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Clear API Key'),
    placeHolder: vscode.l10n.t('The key to clear'),
  });
  if (chosen) await keys.remove({ provider: chosen.label, origin: chosen.origin });
}
