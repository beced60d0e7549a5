import { counted, formatCount, formatDuration } from '../../engine/model/figures.ts';
import { budgetShare, providerCondition, scarcestBudget } from '../../engine/model/providerCondition.ts';
import type { PoolHealth, ProviderHealth, ResilienceHealth } from '../../engine/model/providerHealth.ts';

/** Shorter pauses are nothing to speak of, in milliseconds. */
const SHORTEST_PAUSE_MS = 2000;
/** A pause that is only prolonged is told of again after so long, in milliseconds. */
const QUIET_MS = 30_000;

/** What was told of a provider last. */
interface Told {
  kind: 'open' | 'isolated' | 'paused';
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * Tells, while a run goes on, of what holds calls up: a breaker that is open, a pause that the provider asked for, a budget that
 * is used up. Each is told once, and again when it is over.
 */
export class ProviderNotices {
  readonly #told = new Map<string, Told>();
  readonly #spent = new Set<string>();

  /** The lines to be shown now; none where nothing has changed. */
  next({ providers, pools }: ResilienceHealth, now: number): string[] {
    return [
      ...providers.flatMap((health) => this.#ofProvider(health, now)),
      ...pools.flatMap((pool) => this.#ofPool(pool)),
    ];
  }

  #ofProvider(health: ProviderHealth, now: number): string[] {
    const { id, provider } = health;
    const before = this.#told.get(id);
    const condition = providerCondition(health, now);

    switch (condition.kind) {
      case 'open':
        if (before?.kind === 'open') return [];
        this.#told.set(id, { kind: 'open', at: now });
        return [
          `${provider}: not called for ${left(condition.until, now)}, because of ${condition.reason} (circuit breaker open)`,
        ];
      case 'isolated':
        if (before?.kind === 'isolated') return [];
        this.#told.set(id, { kind: 'isolated', at: now });
        return [`${provider}: not called, isolated by hand`];
      case 'paused':
        if (condition.until - now < SHORTEST_PAUSE_MS) return [];
        if (before?.kind === 'paused' && now - before.at < QUIET_MS) return [];
        this.#told.set(id, { kind: 'paused', at: now });
        return [`${provider}: waits ${left(condition.until, now)}, asked by the provider (429)`];
      case 'half-open':
      case 'not-called':
        return [];
      case 'waiting':
      case 'working':
      case 'ready':
        if (!before) return [];
        // Pauses come and go; that one is over is nothing to speak of.
        if (before.kind === 'paused') return [];
        this.#told.delete(id);
        return [`${provider}: called again`];
    }
  }

  #ofPool(pool: PoolHealth): string[] {
    const scarce = scarcestBudget(pool);
    const isSpent = scarce !== null && budgetShare(scarce.budget) >= 1;
    if (!isSpent) {
      this.#spent.delete(pool.pool);
      return [];
    }

    if (this.#spent.has(pool.pool)) return [];
    this.#spent.add(pool.pool);
    const what = scarce.of === 'tokens' ? 'tokens' : 'cost';
    return [`bulkhead ${pool.pool}: its budget of ${what} for this hour is used up`];
  }
}

/**
 * What held calls up between two looks at the same process, one line for each provider: `openai: 1,234 calls, 12 retries, 3 refused
 * for their rate (429), 2 rejected before they were sent`. None for providers that simply answered.
 */
export function callLines(before: ResilienceHealth, after: ResilienceHealth): string[] {
  return after.providers.flatMap(({ id, provider, totals }) => {
    const earlier = before.providers.find((one) => one.id === id)?.totals;
    const since = (key: keyof ProviderHealth['totals']) => totals[key] - (earlier?.[key] ?? 0);
    const [retries, refused, rejected] = [since('retries'), since('rateLimited'), since('rejected')];
    const fallbacks = since('fallbacks');
    if (retries === 0 && refused === 0 && rejected === 0 && fallbacks === 0) return [];

    const parts = [
      counted(since('calls'), 'call'),
      ...(retries > 0 ? [counted(retries, 'retry', 'retries')] : []),
      ...(refused > 0 ? [`${formatCount(refused)} refused for their rate (429)`] : []),
      ...(rejected > 0 ? [`${formatCount(rejected)} rejected before they were sent`] : []),
      ...(fallbacks > 0 ? [`${formatCount(fallbacks)} answered by fallbacks`] : []),
      ...(since('waitedMs') >= 1000
        ? [`${formatDuration(since('waitedMs'))} of waiting over all calls`]
        : []),
    ];
    return [`${provider}: ${parts.join(', ')}`];
  });
}

function left(until: number, now: number): string {
  const ms = Math.max(0, until - now);
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : formatDuration(ms);
}
