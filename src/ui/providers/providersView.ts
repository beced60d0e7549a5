import * as vscode from 'vscode';
import { formatPercent } from '../../engine/model/figures.ts';
import {
  BUDGET_WARNING,
  budgetShare,
  type ProviderCondition,
  providerCondition,
  scarcestBudget,
} from '../../engine/model/providerCondition.ts';
import type { CacheEntry, PoolEntry, ProviderEntry, ProviderStates } from '../../protocol/providerEntries.ts';
import type { ProviderHealthFeed } from './providerHealthFeed.ts';
import {
  breakerText,
  budgetText,
  cacheText,
  callsText,
  conditionText,
  conditionTooltip,
  type Health,
  placesText,
  poolText,
  poolTooltip,
  rateText,
  timeText,
  totalsText,
} from './providerTexts.ts';

export type ProviderNode =
  /** `id`: what commands steer; null for a provider that was not called. */
  | { kind: 'provider'; key: string; id: string | null }
  | { kind: 'bulkheads' }
  | { kind: 'bulkhead'; bulkhead: string }
  | { kind: 'cache'; cache: CacheEntry['name'] }
  | { kind: 'fact'; owner: string; label: string; text: string; tooltip: string };

/** Providers with how they are doing, then the bulkheads with what is left of their budgets, then stored replies. */
export class ProvidersView implements vscode.TreeDataProvider<ProviderNode>, vscode.Disposable {
  readonly #feed: ProviderHealthFeed;
  readonly #now: () => number;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(feed: ProviderHealthFeed, now: () => number = Date.now) {
    this.#feed = feed;
    this.#now = now;
    this.#subscription = feed.onDidChange(() => this.#changed.fire());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  getChildren(parent?: ProviderNode): ProviderNode[] {
    const { states } = this.#feed;
    if (!states) return [];
    switch (parent?.kind) {
      case undefined:
        return rootNodes(states);
      case 'provider': {
        const health = find(states, parent.key)?.health;
        return health ? providerFacts(parent.key, health, this.#now()) : [];
      }
      case 'bulkheads':
        return states.pools.map(({ pool }) => ({ kind: 'bulkhead', bulkhead: pool }));
      case 'bulkhead': {
        const pool = states.pools.find((one) => one.pool === parent.bulkhead);
        return pool ? poolFacts(pool) : [];
      }
      case 'cache':
      case 'fact':
        return [];
    }
  }

  getTreeItem(node: ProviderNode): vscode.TreeItem {
    const { states } = this.#feed;
    switch (node.kind) {
      case 'provider': {
        const entry = states && find(states, node.key);
        return entry ? providerItem(entry, node.key, this.#now()) : new vscode.TreeItem(node.key);
      }
      case 'bulkheads':
        return bulkheadsItem();
      case 'bulkhead': {
        const pool = states?.pools.find((one) => one.pool === node.bulkhead);
        return pool ? poolItem(pool) : new vscode.TreeItem(node.bulkhead);
      }
      case 'cache': {
        const cache = states?.caches.find(({ name }) => name === node.cache);
        return cache ? cacheItem(cache) : new vscode.TreeItem(node.cache);
      }
      case 'fact':
        return factItem(node);
    }
  }
}

function rootNodes({ providers, pools, caches }: ProviderStates): ProviderNode[] {
  return [
    ...providers.map((entry): ProviderNode => {
      return { kind: 'provider', key: keyOf(entry), id: entry.health?.id ?? null };
    }),
    ...(pools.length > 0 ? [{ kind: 'bulkheads' } as const] : []),
    ...caches.map(({ name }): ProviderNode => ({ kind: 'cache', cache: name })),
  ];
}

/** One server may be asked with several keys. */
function keyOf({ name, health }: ProviderEntry): string {
  return `${name} ${health?.id ?? ''}`;
}

function find({ providers }: ProviderStates, key: string): ProviderEntry | undefined {
  return providers.find((entry) => keyOf(entry) === key);
}

function providerItem(entry: ProviderEntry, key: string, now: number): vscode.TreeItem {
  const condition = providerCondition(entry.health, now);
  const text = conditionText(condition);
  const item = new vscode.TreeItem(
    entry.name,
    entry.health ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `provider ${key}`;
  item.description = text;
  item.tooltip = conditionTooltip(entry, now);
  item.iconPath = conditionIcon(condition);
  item.contextValue = contextOf(condition);
  item.accessibilityInformation = { label: vscode.l10n.t('Provider {0}: {1}', entry.name, text) };
  return item;
}

/** What can be done about a provider: menus choose by it. */
function contextOf({ kind }: ProviderCondition): string {
  switch (kind) {
    case 'not-called':
      return 'provider';
    case 'isolated':
    case 'open':
    case 'half-open':
    case 'paused':
      return `provider.called.${kind === 'isolated' ? 'isolated' : 'held'}`;
    case 'waiting':
    case 'working':
    case 'ready':
      return 'provider.called.free';
  }
}

function conditionIcon({ kind }: ProviderCondition): vscode.ThemeIcon {
  const color = (id: string) => new vscode.ThemeColor(id);
  switch (kind) {
    case 'not-called':
      return new vscode.ThemeIcon('circle-outline');
    case 'isolated':
      return new vscode.ThemeIcon('circle-slash', color('list.warningForeground'));
    case 'open':
      return new vscode.ThemeIcon('error', color('list.errorForeground'));
    case 'half-open':
      return new vscode.ThemeIcon('question', color('list.warningForeground'));
    case 'paused':
      return new vscode.ThemeIcon('debug-pause', color('list.warningForeground'));
    case 'waiting':
    case 'working':
    case 'ready':
      return new vscode.ThemeIcon('pass', color('testing.iconPassed'));
  }
}

function providerFacts(owner: string, health: Health, now: number): ProviderNode[] {
  const { t } = vscode.l10n;
  const fact = (label: string, text: string, tooltip: string): ProviderNode => {
    return { kind: 'fact', owner, label, text, tooltip };
  };
  const { pausedUntil, limit } = health;

  return [
    fact(
      t('Circuit breaker'),
      breakerText(health),
      t(
        'Closed: calls are made. Open: the provider keeps failing, and calls are not made for a while. Half-open: a few calls try whether it is back.',
      ),
    ),
    ...(pausedUntil !== null && pausedUntil > now
      ? [
          fact(
            t('Pause'),
            t('until {0}', timeText(pausedUntil)),
            t('The provider asked for fewer calls and said when it answers again.'),
          ),
        ]
      : []),
    fact(t('Latest calls'), callsText(health), t('The calls by which the circuit breaker decides.')),
    fact(
      t('Concurrency'),
      placesText(health),
      limit.most === null
        ? t(
            'Calls at the same time. The limit falls when the provider refuses calls, and rises slowly while all places are used.',
          )
        : t(
            'Calls at the same time, at most {0}. The limit falls when the provider refuses calls, and rises slowly while all places are used.',
            limit.most,
          ),
    ),
    fact(
      t('Requests'),
      rateText(health.requests),
      t('Requests in the last 60 seconds, and how many are allowed.'),
    ),
    fact(
      t('Tokens'),
      rateText(health.tokens),
      t('Input and output tokens in the last 60 seconds, and how many are allowed.'),
    ),
    fact(
      t('Retry budget'),
      t('{0} left', formatPercent(health.retryBudget)),
      t(
        'Failed calls are repeated only as long as retries stay a small share of all calls, so that they never make an outage worse.',
      ),
    ),
    fact(t('Since start'), totalsText(health), t('Since the engine was started.')),
  ];
}

function poolFacts(pool: PoolEntry): ProviderNode[] {
  const { t } = vscode.l10n;
  const { concurrency, queue, tokens, costUsd } = pool;
  const fact = (label: string, text: string, tooltip: string): ProviderNode => {
    return { kind: 'fact', owner: `bulkhead ${pool.pool}`, label, text, tooltip };
  };
  const most = (limit: number | null) => (limit === null ? t('no limit') : t('at most {0}', limit));

  return [
    fact(
      t('Concurrency'),
      t('{0} in progress, {1}', concurrency.underWay, most(concurrency.most)),
      t('Calls of this bulkhead at the same time.'),
    ),
    fact(
      t('Queue'),
      t('{0} waiting, {1}', queue.waiting, most(queue.most)),
      t('Calls that wait for a place. One more than the queue holds is rejected at once.'),
    ),
    ...(tokens
      ? [
          fact(
            t('Tokens'),
            budgetText('tokens', tokens),
            t(
              'In any 60 minutes, over all processes of this workspace. Calls in progress count with the most that they may use.',
            ),
          ),
        ]
      : []),
    ...(costUsd
      ? [
          fact(
            t('Cost'),
            budgetText('costUsd', costUsd),
            t(
              'In any 60 minutes, over all processes of this workspace. Calls in progress count with the most that they may cost.',
            ),
          ),
        ]
      : []),
  ];
}

function bulkheadsItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Bulkheads'), vscode.TreeItemCollapsibleState.Expanded);
  item.id = 'bulkheads';
  item.iconPath = new vscode.ThemeIcon('layout');
  item.tooltip = vscode.l10n.t('Groups of calls with limits of their own.');
  return item;
}

function poolItem(pool: PoolEntry): vscode.TreeItem {
  const text = poolText(pool);
  const scarce = scarcestBudget(pool);
  const share = scarce ? budgetShare(scarce.budget) : 0;
  const item = new vscode.TreeItem(pool.pool, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `bulkhead ${pool.pool}`;
  item.description = text;
  item.tooltip = poolTooltip(pool);
  item.contextValue = 'bulkhead';
  item.iconPath = poolIcon(share);
  item.accessibilityInformation = { label: vscode.l10n.t('Bulkhead {0}: {1}', pool.pool, text) };
  return item;
}

function poolIcon(share: number): vscode.ThemeIcon {
  if (share >= 1) return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  if (share >= BUDGET_WARNING)
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return new vscode.ThemeIcon('circle-outline');
}

function cacheItem(cache: CacheEntry): vscode.TreeItem {
  const label = cache.name === 'exact' ? vscode.l10n.t('Exact cache') : vscode.l10n.t('Semantic cache');
  const text = cacheText(cache);
  const item = new vscode.TreeItem(label);
  item.id = `cache ${cache.name}`;
  item.description = text;
  item.contextValue = cache.entries > 0 ? 'cache.filled' : 'cache';
  item.iconPath = new vscode.ThemeIcon('archive');
  item.tooltip =
    cache.name === 'exact'
      ? vscode.l10n.t('Stored replies that can stand in for a model, to exactly the same request.')
      : vscode.l10n.t(
          'Stored replies that can stand in for a model, to similar requests. Judges never use them.',
        );
  item.accessibilityInformation = { label: `${label}: ${text}` };
  return item;
}

function factItem({ owner, label, text, tooltip }: Extract<ProviderNode, { kind: 'fact' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `fact ${owner} ${label}`;
  item.description = text;
  // A narrow view cuts the text off.
  item.tooltip = `${label}: ${text}\n${tooltip}`;
  item.contextValue = 'fact';
  item.accessibilityInformation = { label: `${label}: ${text}` };
  return item;
}
