import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
} from '../../engine/model/figures.ts';
import {
  BUDGET_WARNING,
  budgetLeft,
  budgetShare,
  type ProviderCondition,
  providerCondition,
} from '../../engine/model/providerCondition.ts';
import type { BudgetHealth, PoolHealth } from '../../engine/model/providerHealth.ts';
import type { ProviderConfig } from '../../engine/models/modelProvider.ts';
import type { ProviderRow } from '../../engine/models/providers/providersOverview.ts';
import { DEFAULT_RESILIENCE } from '../../engine/resilience/resilienceConfig.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { type Column, fitTable } from '../terminal/table.ts';

const right = { align: 'right' as const };

const LIVE_COLUMNS: readonly Column[] = [
  { title: 'provider' },
  { title: 'state' },
  { title: 'failed', ...right, spare: 2 },
  { title: 'at once', ...right },
  { title: 'waiting', ...right, spare: 1 },
  { title: 'requests/min', ...right, spare: 4 },
  { title: 'tokens/min', ...right, spare: 5 },
  { title: 'retries left', ...right, spare: 3 },
];

/** How providers are doing: one line for each. */
export function providerLines(rows: readonly ProviderRow[], now: number, io: Io): string[] {
  const cells = rows.map(({ name, health }) => {
    const condition = providerCondition(health, now);
    const state = coloured(condition, sanitizeLine(conditionText(condition, now)), io.style);
    if (!health) return [sanitizeLine(name), state];

    const { calls, limit, requests, tokens, retryBudget } = health;
    return [
      sanitizeLine(name),
      state,
      calls.total === 0 ? '–' : `${formatPercent(calls.failed / calls.total)} of ${formatCount(calls.total)}`,
      ofLimit(calls.underWay, limit.now),
      formatCount(calls.waiting),
      ofLimit(requests.used, requests.limit),
      ofLimit(tokens.used, tokens.limit),
      formatPercent(retryBudget),
    ];
  });
  return table(LIVE_COLUMNS, cells, io);
}

/** How a provider is doing, in a few words. */
export function conditionText(condition: ProviderCondition, now: number): string {
  switch (condition.kind) {
    case 'not-called':
      return 'not called';
    case 'isolated':
      return 'isolated by hand';
    case 'open':
      return `open for ${left(condition.until, now)}: ${condition.reason}`;
    case 'half-open':
      return 'half-open, trying whether it answers';
    case 'paused':
      return `paused for ${left(condition.until, now)}, asked by the provider`;
    case 'waiting':
      return `${formatCount(condition.calls)} waiting`;
    case 'working':
      return `${formatCount(condition.calls)} in progress`;
    case 'ready':
      return 'ready';
  }
}

function coloured({ kind }: ProviderCondition, text: string, style: Style): string {
  switch (kind) {
    case 'open':
      return style.red(text);
    case 'isolated':
    case 'half-open':
    case 'paused':
      return style.yellow(text);
    case 'not-called':
      return style.dim(text);
    case 'waiting':
    case 'working':
    case 'ready':
      return style.green(text);
  }
}

const SETTING_COLUMNS: readonly Column[] = [
  { title: 'provider' },
  { title: 'address', spare: 4 },
  { title: 'breaker opens after' },
  { title: 'open for', spare: 2 },
  { title: 'attempts', ...right, spare: 1 },
  { title: 'retries', ...right, spare: 5 },
  { title: 'at once', spare: 3 },
  { title: 'per minute', spare: 6 },
];

/** What the configuration says of providers, defaults included. */
export function settingLines(providers: { readonly [name: string]: ProviderConfig }, io: Io): string[] {
  const rows = Object.entries(providers).map(([name, provider]) => {
    const { breaker, retry, limit, rpm, tpm } = provider.resilience ?? DEFAULT_RESILIENCE;
    const most = Math.min(limit.max, provider.maxConcurrency ?? limit.max);
    const rates = [
      ...(rpm === undefined ? [] : [`${formatCount(rpm)} requests`]),
      ...(tpm === undefined ? [] : [`${formatCount(tpm)} tokens`]),
    ];
    return [
      sanitizeLine(name),
      sanitizeLine(URL.parse(provider.baseUrl)?.origin ?? provider.baseUrl),
      breaker === null
        ? 'off'
        : `${counted(breaker.failures, 'failure')} in a row or ${formatPercent(breaker.failureRate)}`,
      breaker === null ? '–' : formatDuration(breaker.openMs),
      formatCount(retry?.attempts ?? 1),
      retry === null ? 'off' : `${formatPercent(retry.budget)} of calls`,
      limit.adaptive ? `${formatCount(limit.min)}–${formatCount(most)}, adaptive` : formatCount(most),
      rates.join(', ') || 'no limit',
    ];
  });
  return table(SETTING_COLUMNS, rows, io);
}

const POOL_COLUMNS: readonly Column[] = [
  { title: 'bulkhead' },
  { title: 'at once', ...right, spare: 1 },
  { title: 'waiting', ...right, spare: 2 },
  { title: 'tokens left this hour', ...right },
  { title: 'cost left this hour', ...right },
];

/** What is left of bulkheads: one line for each. */
export function poolLines(pools: readonly PoolHealth[], io: Io): string[] {
  const rows = pools.map(({ pool, concurrency, queue, tokens, costUsd }) => [
    sanitizeLine(pool),
    ofLimit(concurrency.underWay, concurrency.most),
    ofLimit(queue.waiting, queue.most),
    budgetCell(tokens, (amount) => formatCount(Math.round(amount)), io.style),
    budgetCell(costUsd, formatCost, io.style),
  ]);
  return table(POOL_COLUMNS, rows, io);
}

function budgetCell(
  budget: BudgetHealth | null,
  format: (amount: number) => string,
  { red, yellow }: Style,
): string {
  if (!budget) return 'no limit';
  const text = `${format(budgetLeft(budget))} of ${format(budget.limit)}`;
  const share = budgetShare(budget);
  if (share >= 1) return red(text);
  return share >= BUDGET_WARNING ? yellow(text) : text;
}

/** `3 of 16`; without a limit only the count. */
function ofLimit(count: number, limit: number | null): string {
  const used = formatCount(Math.round(count));
  return limit === null ? used : `${used} of ${formatCount(limit)}`;
}

function left(until: number, now: number): string {
  return formatDuration(Math.max(0, until - now));
}

function table(columns: readonly Column[], rows: readonly string[][], io: Io): string[] {
  const [head = '', ...lines] = fitTable(columns, rows, io.width);
  return [io.style.dim(head), ...lines];
}
