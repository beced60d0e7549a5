import * as vscode from 'vscode';
import { formatCost, formatCount, formatDuration, formatPercent } from '../../engine/model/figures.ts';
import {
  BUDGET_WARNING,
  budgetLeft,
  budgetShare,
  type ProviderCondition,
  providerCondition,
  scarcestBudget,
} from '../../engine/model/providerCondition.ts';
import type { CacheEntry, PoolEntry, ProviderEntry } from '../../protocol/providerEntries.ts';

export type Health = NonNullable<ProviderEntry['health']>;
type Budget = NonNullable<PoolEntry['tokens']>;

const { t } = vscode.l10n;

/** A time of day; with seconds, since most waits are short. */
export function timeText(ms: number): string {
  return new Intl.DateTimeFormat(vscode.env.language, { timeStyle: 'medium' }).format(new Date(ms));
}

/** How a provider is doing, in a few words. */
export function conditionText(condition: ProviderCondition): string {
  switch (condition.kind) {
    case 'not-called':
      return t('not called yet');
    case 'isolated':
      return t('isolated by you');
    case 'open':
      return t('open until {0} · {1}', timeText(condition.until), condition.reason);
    case 'half-open':
      return t('half-open, trying whether it answers');
    case 'paused':
      return t('paused until {0}, asked by the provider', timeText(condition.until));
    case 'waiting':
      return condition.calls === 1
        ? t('1 call waiting')
        : t('{0} calls waiting', formatCount(condition.calls));
    case 'working':
      return condition.calls === 1
        ? t('1 call in progress')
        : t('{0} calls in progress', formatCount(condition.calls));
    case 'ready':
      return t('ready');
  }
}

/** What the condition means for a person who has never heard of circuit breakers. */
export function conditionTooltip(entry: ProviderEntry, now: number): string {
  const condition = providerCondition(entry.health, now);
  return [`${entry.name} · ${entry.origin}`, meaningOf(condition)].join('\n');
}

function meaningOf(condition: ProviderCondition): string {
  switch (condition.kind) {
    case 'not-called':
      return t('Nothing has called this provider since the engine was started.');
    case 'isolated':
      return t('You isolated this provider: no call is made until you reset it.');
    case 'open':
      return t(
        'The provider keeps failing ({0}), so calls are not made until {1}. Then a few calls try whether it is back.',
        condition.reason,
        timeText(condition.until),
      );
    case 'half-open':
      return t('The pause is over. A few calls try whether the provider answers again; the others wait.');
    case 'paused':
      return t(
        'The provider asked for fewer calls (HTTP 429). Calls go on at {0}.',
        timeText(condition.until),
      );
    case 'waiting':
      return t(
        'Calls wait for a free place. This is normal when a run has more to do than the provider allows.',
      );
    case 'working':
    case 'ready':
      return t('The provider answers.');
  }
}

export function breakerText({ breaker }: Health): string {
  switch (breaker.state) {
    case 'closed':
      return t('closed');
    case 'open':
      return t('open until {0} · {1}', timeText(breaker.until), breaker.reason);
    case 'half-open':
      return breaker.probes === 1
        ? t('half-open, 1 trial call in progress')
        : t('half-open, {0} trial calls in progress', breaker.probes);
    case 'isolated':
      return t('isolated since {0}', timeText(breaker.since));
  }
}

/** `12 of 20 failed (60.0 %), 1 slow`: the calls that the breaker decides by. */
export function callsText({ calls }: Health): string {
  const { total, failed, slow, rateLimited } = calls;
  if (total === 0) return t('none yet');
  return [
    t('{0} of {1} failed ({2})', formatCount(failed), formatCount(total), formatPercent(failed / total)),
    ...(slow > 0 ? [t('{0} slow', formatCount(slow))] : []),
    ...(rateLimited > 0 ? [t('{0} rate-limited', formatCount(rateLimited))] : []),
  ].join(', ');
}

/** `3 of 16, 5 waiting`. */
export function placesText({ calls, limit }: Health): string {
  const places =
    limit.now === null
      ? t('{0} in progress', formatCount(calls.underWay))
      : t('{0} of {1} in progress', formatCount(calls.underWay), formatCount(limit.now));
  return calls.waiting > 0 ? t('{0}, {1} waiting', places, formatCount(calls.waiting)) : places;
}

/** Per minute: `480 of 500`; without a limit only what was used. */
export function rateText({ used, limit }: Health['requests']): string {
  return limit === null
    ? t('{0} in the last minute', formatCount(Math.round(used)))
    : t('{0} of {1} in the last minute', formatCount(Math.round(used)), formatCount(limit));
}

export function totalsText({ totals }: Health): string {
  const { calls, retries, rejected, fallbacks, waitedMs } = totals;
  return [
    t('{0} calls', formatCount(calls)),
    t('{0} retries', formatCount(retries)),
    t('{0} rejected', formatCount(rejected)),
    ...(fallbacks > 0 ? [t('{0} answered by fallbacks', formatCount(fallbacks))] : []),
    t('{0} waited', formatDuration(waitedMs)),
  ].join(', ');
}

/** `$1.20 of $5.00 left`. */
export function budgetText(of: 'tokens' | 'costUsd', budget: Budget): string {
  const amount = (value: number) =>
    of === 'tokens' ? t('{0} tokens', formatCount(Math.round(value))) : formatCost(value);
  return t('{0} of {1} left this hour', amount(budgetLeft(budget)), amount(budget.limit));
}

/** What matters most about a bulkhead: its scarcest budget, else its places. */
export function poolText(pool: PoolEntry): string {
  const scarce = scarcestBudget(pool);
  const { concurrency, queue } = pool;
  const places =
    concurrency.most === null
      ? t('{0} in progress', formatCount(concurrency.underWay))
      : t('{0} of {1} in progress', formatCount(concurrency.underWay), formatCount(concurrency.most));
  const waiting = queue.waiting > 0 ? [t('{0} waiting', formatCount(queue.waiting))] : [];
  const budget = scarce ? [budgetText(scarce.of, scarce.budget)] : [];
  const isScarce = scarce !== null && budgetShare(scarce.budget) >= BUDGET_WARNING;
  return (isScarce ? [...budget, places, ...waiting] : [places, ...waiting, ...budget]).join(' · ');
}

export function poolTooltip(pool: PoolEntry): string {
  const scarce = scarcestBudget(pool);
  return [
    t(
      'Bulkhead {0}: limits for one group of calls, so that it cannot take the places or the money of others.',
      pool.pool,
    ),
    poolText(pool),
    ...(scarce && budgetShare(scarce.budget) >= 1
      ? [
          t(
            'Its budget for this hour is used up. Calls go on as soon as older ones are more than an hour ago.',
          ),
        ]
      : []),
  ].join('\n');
}

export function cacheText({ entries, bytes }: CacheEntry): string {
  if (entries === 0) return t('empty');
  const size = bytes < 1e5 ? t('{0} KB', Math.ceil(bytes / 1e3)) : t('{0} MB', (bytes / 1e6).toFixed(1));
  return entries === 1 ? t('1 reply, {0}', size) : t('{0} replies, {1}', formatCount(entries), size);
}
