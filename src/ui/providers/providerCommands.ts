import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { providerCondition } from '../../engine/model/providerCondition.ts';
import type { Steering } from '../../protocol/providerCalls.ts';
import type { ProviderEntry } from '../../protocol/providerEntries.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { requireTrust } from '../trust/trust.ts';
import type { ProviderHealthFeed } from './providerHealthFeed.ts';
import { cacheText, conditionText, poolText } from './providerTexts.ts';

/** What menus give: a node of the view. */
const providerArgument = z.object({ id: z.string().check(z.minLength(1)) });
const bulkheadArgument = z.object({ bulkhead: z.string().check(z.minLength(1)) });
const cacheArgument = z.object({ cache: z.enum(['exact', 'similar']) });

/** What a person does about providers, bulkheads and caches. Whatever is changed holds until the engine ends. */
export class ProviderActions {
  readonly #engine: EngineClient;
  readonly #feed: ProviderHealthFeed;

  constructor(engine: EngineClient, feed: ProviderHealthFeed) {
    this.#engine = engine;
    this.#feed = feed;
  }

  async isolate(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Isolating a provider'));
    const id = providerArgument.safeParse(given).data?.id ?? (await this.#pickProvider(isCalled));
    if (id !== undefined) await this.#steer({ action: 'isolate', id });
  }

  async reset(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Resetting a provider'));
    const id = providerArgument.safeParse(given).data?.id ?? (await this.#pickProvider(isCalled));
    if (id !== undefined) await this.#steer({ action: 'reset', id });
  }

  /** Of a provider or a bulkhead. */
  async changeLimit(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Changing a limit'));
    const bulkhead = bulkheadArgument.safeParse(given).data?.bulkhead;
    const id = providerArgument.safeParse(given).data?.id;
    if (bulkhead !== undefined) return this.#limitBulkhead(bulkhead);
    if (id !== undefined) return this.#limitProvider(id);

    const picked = await this.#pickLimited();
    if (picked?.bulkhead !== undefined) await this.#limitBulkhead(picked.bulkhead);
    else if (picked?.id !== undefined) await this.#limitProvider(picked.id);
  }

  async clearCache(given: unknown): Promise<void> {
    requireTrust(vscode.l10n.t('Clearing a cache'));
    const cache = cacheArgument.safeParse(given).data?.cache ?? null;
    const caches = (this.#feed.states?.caches ?? []).filter(({ name }) => cache === null || name === cache);
    const clear = vscode.l10n.t('Clear');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Clear the stored replies of this workspace?'),
      { modal: true, detail: caches.map(cacheText).join('; ') },
      clear,
    );
    if (answer === clear) await this.#steer({ action: 'clear-cache', cache });
  }

  async #limitProvider(id: string): Promise<void> {
    const health = this.#entries().find((entry) => entry.health?.id === id)?.health;
    const most = await askLimit(
      vscode.l10n.t(
        'Maximum number of concurrent calls to {0} until the engine ends',
        health?.provider ?? '',
      ),
      health?.limit.most ?? null,
    );
    if (most !== undefined) await this.#steer({ action: 'limit-provider', id, most });
  }

  async #limitBulkhead(bulkhead: string): Promise<void> {
    const pool = this.#feed.states?.pools.find((one) => one.pool === bulkhead);
    const kinds = [
      {
        label: vscode.l10n.t('Concurrent calls'),
        key: 'maxConcurrency' as const,
        now: pool?.concurrency.most,
      },
      { label: vscode.l10n.t('Tokens per hour'), key: 'tokensPerHour' as const, now: pool?.tokens?.limit },
      {
        label: vscode.l10n.t('US dollars per hour'),
        key: 'costPerHourUsd' as const,
        now: pool?.costUsd?.limit,
      },
    ];
    const kind = await vscode.window.showQuickPick(kinds, {
      placeHolder: vscode.l10n.t('Which limit of the bulkhead {0}?', bulkhead),
    });
    if (!kind) return;

    const most = await askLimit(
      vscode.l10n.t('{0} of the bulkhead {1} until the engine ends', kind.label, bulkhead),
      kind.now ?? null,
      kind.key === 'costPerHourUsd',
    );
    if (most === undefined) return;
    await this.#steer({ action: 'limit-bulkhead', bulkhead, limits: { [kind.key]: most } });
  }

  async #steer(wanted: Steering): Promise<void> {
    const { done, states } = await this.#engine.call('providers/steer', wanted);
    this.#feed.put(states);
    if (!done) throw new PlainError(vscode.l10n.t('It is not in use any more.'));
  }

  #entries(): ProviderEntry[] {
    return this.#feed.states?.providers ?? [];
  }

  async #pickProvider(fits: (entry: ProviderEntry) => boolean): Promise<string | undefined> {
    const items = this.#entries().filter(fits).map(providerPick);
    return (await pick(items, vscode.l10n.t('Which provider?')))?.id;
  }

  #pickLimited(): Promise<{ id?: string; bulkhead?: string } | undefined> {
    const pools = (this.#feed.states?.pools ?? []).map((pool) => ({
      label: pool.pool,
      description: poolText(pool),
      bulkhead: pool.pool,
    }));
    const providers = this.#entries().filter(isCalled).map(providerPick);
    return pick([...providers, ...pools], vscode.l10n.t('Which provider or bulkhead?'));
  }
}

function isCalled({ health }: ProviderEntry): boolean {
  return health !== null;
}

function providerPick({ name, health }: ProviderEntry) {
  const description = conditionText(providerCondition(health, Date.now()));
  return { label: name, description, id: health?.id ?? '' };
}

async function pick<T extends vscode.QuickPickItem>(
  items: readonly T[],
  placeHolder: string,
): Promise<T | undefined> {
  if (items.length === 0)
    throw new PlainError(vscode.l10n.t('No provider was called yet. Run an evaluation first.'));
  return vscode.window.showQuickPick(items, { placeHolder });
}

/** Null is what the configuration says; undefined where the person gave up. */
async function askLimit(
  prompt: string,
  now: number | null,
  fractions = false,
): Promise<number | null | undefined> {
  const text = await vscode.window.showInputBox({
    prompt,
    value: now === null ? '' : String(now),
    placeHolder: vscode.l10n.t('0 allows none; empty: as configured'),
    validateInput: (value) => {
      const form = fractions ? /^\d*(\.\d+)?$/ : /^\d*$/;
      if (form.test(value.trim())) return undefined;
      return fractions ? vscode.l10n.t('Type a number.') : vscode.l10n.t('Type a whole number.');
    },
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? null : Number(text);
}
