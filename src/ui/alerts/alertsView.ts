import * as vscode from 'vscode';
import { formatScore } from '../../engine/model/figures.ts';
import type { AlertEntry, AlertListing } from '../../protocol/alertCalls.ts';
import { lineText } from '../output/plainText.ts';
import type { AlertFeed } from './alertFeed.ts';
import { alertLabel, alertText, alertTooltip, momentText } from './alertTexts.ts';

export type AlertNode =
  | { kind: 'alert'; name: string; label: string | null }
  | { kind: 'trace'; name: string; label: string | null; traceId: string }
  /** Nobody looks at alerts now. */
  | { kind: 'unwatched' }
  | { kind: 'channel'; channel: string };

/** What fires comes first. */
const ORDER: readonly AlertEntry['state'][] = [
  'firing',
  'silent',
  'pending',
  'no-data',
  'resolved',
  'inactive',
];

/** Alerts with their states and values, and below those that fire the worst traces. */
export class AlertsView implements vscode.TreeDataProvider<AlertNode>, vscode.Disposable {
  readonly #feed: AlertFeed;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(feed: AlertFeed) {
    this.#feed = feed;
    this.#subscription = feed.onDidChange(() => this.#changed.fire());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  getChildren(parent?: AlertNode): AlertNode[] {
    const { listing } = this.#feed;
    if (!listing) return [];
    if (!parent) return rootNodes(listing);
    if (parent.kind !== 'alert') return [];
    const { name, label } = parent;
    return (this.#find(parent)?.traces ?? []).map(({ traceId }) => ({ kind: 'trace', name, label, traceId }));
  }

  getTreeItem(node: AlertNode): vscode.TreeItem {
    switch (node.kind) {
      case 'alert': {
        const alert = this.#find(node);
        return alert ? alertItem(alert) : new vscode.TreeItem(node.name);
      }
      case 'trace': {
        const trace = this.#find(node)?.traces.find(({ traceId }) => traceId === node.traceId);
        return trace ? traceItem(node, trace) : new vscode.TreeItem(node.traceId);
      }
      case 'unwatched':
        return unwatchedItem(this.#feed.listing?.lookedMs ?? null);
      case 'channel':
        return channelItem(node.channel, this.#feed.listing?.problems ?? []);
    }
  }

  #find({ name, label }: { name: string; label: string | null }): AlertEntry | undefined {
    return this.#feed.listing?.alerts.find(
      (one) => one.name === name && (one.group?.label ?? null) === label,
    );
  }
}

function rootNodes({ alerts, problems, watched }: AlertListing): AlertNode[] {
  if (alerts.length === 0) return [];
  const sorted = [...alerts].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return [
    ...(watched ? [] : [{ kind: 'unwatched' } as const]),
    ...problems.map(({ channel }): AlertNode => ({ kind: 'channel', channel })),
    ...sorted.map(({ name, group }): AlertNode => ({ kind: 'alert', name, label: group?.label ?? null })),
  ];
}

function alertItem(alert: AlertEntry): vscode.TreeItem {
  const { state, traces, muted, name, group } = alert;
  const isFiring = state === 'firing' || state === 'silent';
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    alertLabel(alert),
    traces.length === 0 ? None : isFiring ? Expanded : Collapsed,
  );
  item.id = `alert ${JSON.stringify([name, group?.label ?? null, isFiring])}`;
  item.description = alertText(alert);
  item.tooltip = alertTooltip(alert);
  item.iconPath = stateIcon(alert);
  item.contextValue = muted ? 'alert.muted' : 'alert';
  item.accessibilityInformation = {
    label: vscode.l10n.t('Alert {0}: {1}', alertLabel(alert), alertText(alert)),
  };
  return item;
}

function stateIcon({ state, muted }: AlertEntry): vscode.ThemeIcon {
  const color = (id: string) => new vscode.ThemeColor(id);
  switch (state) {
    case 'firing':
      return new vscode.ThemeIcon(muted ? 'bell-slash' : 'bell-dot', color('list.errorForeground'));
    case 'silent':
      return new vscode.ThemeIcon(muted ? 'bell-slash' : 'question', color('list.errorForeground'));
    case 'pending':
      return new vscode.ThemeIcon('watch', color('list.warningForeground'));
    case 'no-data':
      return new vscode.ThemeIcon('question', color('disabledForeground'));
    case 'resolved':
    case 'inactive':
      return new vscode.ThemeIcon('pass', color('testing.iconPassed'));
  }
}

function traceItem(
  { name: alert, label, traceId }: { name: string; label: string | null; traceId: string },
  { title, startMs, score }: AlertEntry['traces'][number],
): vscode.TreeItem {
  const name = lineText(title) || traceId.slice(0, 8);
  const item = new vscode.TreeItem(name);
  const facts = [
    ...(score === null ? [] : [vscode.l10n.t('score {0}', formatScore(score))]),
    momentText(startMs),
    traceId.slice(0, 8),
  ];
  item.id = `trace ${JSON.stringify([alert, label, traceId])}`;
  item.description = facts.join(' · ');
  item.tooltip = `${name}\n${facts.slice(0, -1).join(' · ')}\n${traceId}`;
  item.iconPath = new vscode.ThemeIcon('list-tree');
  item.contextValue = 'alertTrace';
  item.command = {
    command: 'touchstone.traces.open',
    title: vscode.l10n.t('Open Trace'),
    arguments: [{ traceId }],
  };
  item.accessibilityInformation = {
    label: vscode.l10n.t('Trace {0}: {1}', name, facts.join(', ')),
  };
  return item;
}

function unwatchedItem(lookedMs: number | null): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Alerts are not watched now'));
  item.id = 'unwatched';
  item.description =
    lookedMs === null ? vscode.l10n.t('never so far') : vscode.l10n.t('last at {0}', momentText(lookedMs));
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = vscode.l10n.t(
    'Alerts are looked at while traces are received. What is shown is as it was then. Click to receive traces.',
  );
  item.command = { command: 'touchstone.traces.start', title: vscode.l10n.t('Receive Traces') };
  return item;
}

function channelItem(channel: string, problems: AlertListing['problems']): vscode.TreeItem {
  const { problem = '', waiting = 0 } = problems.find((one) => one.channel === channel) ?? {};
  const item = new vscode.TreeItem(vscode.l10n.t('{0} was not told', channel));
  item.id = `channel ${channel}`;
  item.description = problem;
  item.tooltip = vscode.l10n.t('{0}\n{1} waiting; it is tried again.', problem, waiting);
  item.iconPath = new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.warningForeground'));
  return item;
}
