import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { reasonOf } from '../output/reasonOf.ts';
import type { Settings } from '../settings/settings.ts';
import type { WorkspaceListing } from '../views/workspaceListing.ts';
import { AlertActions } from './alertActions.ts';
import { AlertFeed } from './alertFeed.ts';
import { tellNews } from './alertNotices.ts';
import { registerAlertStatus } from './alertStatus.ts';
import { AlertsView } from './alertsView.ts';

export interface AlertOptions {
  engine: EngineClient;
  listing: WorkspaceListing;
  settings: Settings;
  memory: vscode.Memento;
  output: Output;
}

export interface Alerts extends vscode.Disposable {
  readonly view: AlertsView;
  readonly feed: AlertFeed;
}

/** The Alerts view, its commands, notifications, and what the status bar shows while something fires. None of them starts an engine. */
export function registerAlerts({ engine, listing, settings, memory, output }: AlertOptions): Alerts {
  const feed = new AlertFeed({ engine, memory, output });
  const view = new AlertsView(feed);
  const actions = new AlertActions(engine, feed, settings);
  const tree = vscode.window.createTreeView('touchstone.alerts', {
    treeDataProvider: view,
    showCollapseAll: true,
  });
  /** An empty view would say that there are no alerts, and an old one that all is as it was. */
  const sayUnread = (): void => {
    const { failure } = feed;
    tree.message =
      failure === undefined ? '' : vscode.l10n.t('Alerts could not be read: {0}', reasonOf(failure));
  };
  const count = (): void => {
    const firing = (feed.listing?.alerts ?? []).filter(
      ({ state, muted }) => (state === 'firing' || state === 'silent') && muted === null,
    ).length;
    const tooltip = firing === 1 ? vscode.l10n.t('1 alert fires') : vscode.l10n.t('{0} alerts fire', firing);
    tree.badge = firing === 0 ? undefined : { value: firing, tooltip };
  };
  const subscriptions = vscode.Disposable.from(
    feed,
    view,
    tree,
    feed.onDidChange(count),
    feed.onDidChange(sayUnread),
    registerAlertStatus(feed),
    feed.onNews((news) => tellNews(news, actions, output)),
    // Alerts are added and taken away in the configuration.
    listing.onDidChange(() => feed.reload()),
    registerCommand(
      'touchstone.alerts.show',
      async () => {
        await vscode.commands.executeCommand('touchstone.alerts.focus');
      },
      output,
    ),
    registerCommand('touchstone.alerts.mute', (given) => actions.mute(given), output),
    registerCommand('touchstone.alerts.unmute', (given) => actions.unmute(given), output),
    registerCommand('touchstone.alerts.test', (given) => actions.test(given), output),
    registerCommand('touchstone.alerts.goToRule', (given) => actions.goToRule(given), output),
  );
  return { view, feed, dispose: () => subscriptions.dispose() };
}
