import * as vscode from 'vscode';
import { formatPercent } from '../../engine/model/figures.ts';
import {
  BUDGET_WARNING,
  budgetShare,
  providerCondition,
  scarcestBudget,
} from '../../engine/model/providerCondition.ts';
import type { ProviderStates } from '../../protocol/providerEntries.ts';
import type { ProviderHealthFeed } from './providerHealthFeed.ts';
import { budgetText, conditionText } from './providerTexts.ts';

/** In the status bar, only while something needs attention: a breaker that is open, or a budget that is nearly used up. */
export function registerProviderStatus(feed: ProviderHealthFeed): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('touchstone.providers', vscode.StatusBarAlignment.Left, -1);
  item.name = vscode.l10n.t('Touchstone Providers');
  item.command = 'touchstone.showProviders';

  const show = (): void => {
    const concerns = feed.states ? concernsOf(feed.states, Date.now()) : [];
    const [first] = concerns;
    if (!first) {
      item.hide();
      return;
    }

    item.text = `$(warning) ${first.short}${concerns.length > 1 ? ` +${concerns.length - 1}` : ''}`;
    item.tooltip = [...concerns.map(({ long }) => long), vscode.l10n.t('Click to show providers.')].join(
      '\n',
    );
    item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    item.accessibilityInformation = { label: concerns.map(({ long }) => long).join('; '), role: 'button' };
    item.show();
  };

  show();
  return vscode.Disposable.from(item, feed.onDidChange(show));
}

interface Concern {
  short: string;
  long: string;
}

/** The gravest first: providers that are not called, then budgets. */
export function concernsOf({ providers, pools }: ProviderStates, now: number): Concern[] {
  const held = providers.flatMap(({ name, health }): Concern[] => {
    const condition = providerCondition(health, now);
    const long = vscode.l10n.t('{0}: {1}', name, conditionText(condition));
    switch (condition.kind) {
      case 'open':
        return [{ short: vscode.l10n.t('{0}: circuit open', name), long }];
      case 'half-open':
        return [{ short: vscode.l10n.t('{0}: circuit half-open', name), long }];
      case 'isolated':
        return [{ short: vscode.l10n.t('{0}: isolated', name), long }];
      default:
        return [];
    }
  });

  const scarce = pools.flatMap((pool): Concern[] => {
    const found = scarcestBudget(pool);
    const share = found ? budgetShare(found.budget) : 0;
    if (!found || share < BUDGET_WARNING) return [];
    return [
      {
        short: vscode.l10n.t('{0} budget {1}', pool.pool, formatPercent(share)),
        long: vscode.l10n.t('Bulkhead {0}: {1}', pool.pool, budgetText(found.of, found.budget)),
      },
    ];
  });

  return [...held, ...scarce];
}
