import * as vscode from 'vscode';
import type { AlertEntry } from '../../protocol/alertCalls.ts';
import { withoutIcons } from '../output/plainText.ts';
import type { AlertFeed } from './alertFeed.ts';
import { alertLabel, alertText } from './alertTexts.ts';

/** In the status bar, only while something fires that is not muted. */
export function registerAlertStatus(feed: AlertFeed): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('touchstone.alerts', vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Touchstone Alerts');
  item.command = 'touchstone.alerts.show';

  const show = (): void => {
    const firing = (feed.listing?.alerts ?? []).filter(isLoud);
    const [first] = firing;
    if (!first) {
      item.hide();
      return;
    }

    const lines = firing.map((alert) => `${alertLabel(alert)}: ${alertText(alert)}`);
    const isCritical = firing.some(({ severity }) => severity === 'critical');
    item.text = `$(bell-dot) ${withoutIcons(alertLabel(first))}${firing.length > 1 ? ` +${firing.length - 1}` : ''}`;
    item.tooltip = [...lines, vscode.l10n.t('Click to show alerts.')].join('\n');
    item.backgroundColor = new vscode.ThemeColor(
      isCritical ? 'statusBarItem.errorBackground' : 'statusBarItem.warningBackground',
    );
    item.accessibilityInformation = { label: lines.join('; '), role: 'button' };
    item.show();
  };

  show();
  return vscode.Disposable.from(item, feed.onDidChange(show));
}

function isLoud({ state, muted }: AlertEntry): boolean {
  return (state === 'firing' || state === 'silent') && muted === null;
}
