import * as vscode from 'vscode';
import type { GatewayFeed } from './gatewayFeed.ts';
import { gatewayFacts } from './gatewayTexts.ts';

/** In the status bar while the gateway runs, or could not be started. */
export function registerGatewayStatus(feed: GatewayFeed): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('touchstone.gateway', vscode.StatusBarAlignment.Left, -3);
  item.name = vscode.l10n.t('Touchstone Gateway');
  item.command = 'touchstone.gateway.show';

  const show = (): void => {
    const { state, serving } = feed;
    if (state.state === 'off') {
      item.hide();
      return;
    }

    const facts = gatewayFacts(state);
    const warns = !serving || serving.problem !== null || serving.keysWanted.length > 0;
    const mirrored = serving?.routes.some(({ shadow }) => shadow?.state === 'mirroring') ?? false;
    const icon = warns ? 'warning' : mirrored ? 'eye' : 'radio-tower';
    item.text = serving
      ? `$(${icon}) ${vscode.l10n.t('Gateway :{0}', String(serving.port))}`
      : `$(${icon}) ${vscode.l10n.t('Gateway off')}`;
    item.tooltip = [...facts, vscode.l10n.t('Click to show the gateway.')].join('\n');
    item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.accessibilityInformation = { label: facts.join('; '), role: 'button' };
    item.show();
  };

  show();
  return vscode.Disposable.from(item, feed.onDidChange(show));
}
