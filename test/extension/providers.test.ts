import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ProviderStates } from '../../src/protocol/providerEntries.ts';
import { concernsOf } from '../../src/ui/providers/providerStatus.ts';
import { ProvidersView } from '../../src/ui/providers/providersView.ts';
import type { Providers } from '../../src/ui/providers/registerProviders.ts';
import { activated } from './support/activated.ts';
import { itTrusted, itUntrusted } from './support/trust.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

type Health = NonNullable<ProviderStates['providers'][number]['health']>;

function health(id: string, more: Partial<Health> = {}): Health {
  return {
    id,
    provider: id,
    origin: `https://${id}.example.org`,
    breaker: { state: 'closed' },
    calls: { total: 20, failed: 3, slow: 1, rateLimited: 2, underWay: 4, waiting: 0 },
    limit: { now: 16, most: 64 },
    retryBudget: 0.75,
    pausedUntil: null,
    requests: { used: 480, limit: 500 },
    tokens: { used: 12_000, limit: null },
    totals: { calls: 1234, retries: 12, rateLimited: 3, rejected: 2, fallbacks: 0, waitedMs: 45_000 },
    ...more,
  };
}

const provider = (id: string, more: Partial<Health> | null = {}): ProviderStates['providers'][number] => ({
  name: id,
  origin: `https://${id}.example.org`,
  health: more === null ? null : health(id, more),
});

const STATES: ProviderStates = {
  providers: [
    provider('idle', null),
    provider('well'),
    provider('busy', { calls: { ...health('x').calls, waiting: 37 } }),
    provider('paused', { pausedUntil: NOW + 12_000 }),
    provider('open', {
      breaker: { state: 'open', since: NOW, until: NOW + 60_000, reason: '5 failures in a row' },
    }),
    provider('trying', { breaker: { state: 'half-open', since: NOW, probes: 1 } }),
    provider('off', { breaker: { state: 'isolated', since: NOW } }),
  ],
  pools: [
    {
      pool: 'judge',
      concurrency: { underWay: 4, most: 4 },
      queue: { waiting: 37, most: 100 },
      tokens: { used: 0, reserved: 0, limit: 1000 },
      costUsd: { used: 4, reserved: 0.2, limit: 5 },
    },
    {
      pool: 'target',
      concurrency: { underWay: 1, most: null },
      queue: { waiting: 0, most: null },
      tokens: null,
      costUsd: null,
    },
  ],
  caches: [
    { name: 'exact', entries: 12, bytes: 3_400_000 },
    { name: 'similar', entries: 0, bytes: 0 },
  ],
};

describe('the Providers view', () => {
  let providers: Providers;
  let view: ProvidersView;

  before(async () => {
    ({ providers } = await activated());
    view = new ProvidersView(providers.feed, () => NOW);
    providers.feed.put(STATES);
  });
  after(() => {
    view.dispose();
    providers.feed.put(undefined);
  });

  const item = (at: number): vscode.TreeItem => {
    const node = view.getChildren()[at];
    assert.ok(node);
    return view.getTreeItem(node);
  };
  const iconOf = ({ iconPath }: vscode.TreeItem) => (iconPath as vscode.ThemeIcon).id;

  it('shows how each provider is doing, with an icon and a label for screen readers', () => {
    const shown = STATES.providers.map((_, at) => item(at));
    assert.deepEqual(
      shown.map((one) => [one.label, iconOf(one), one.contextValue]),
      [
        ['idle', 'circle-outline', 'provider'],
        ['well', 'pass', 'provider.called.free'],
        ['busy', 'pass', 'provider.called.free'],
        ['paused', 'debug-pause', 'provider.called.held'],
        ['open', 'error', 'provider.called.held'],
        ['trying', 'question', 'provider.called.held'],
        ['off', 'circle-slash', 'provider.called.isolated'],
      ],
    );
    const descriptions = shown.map(({ description }) => String(description));
    assert.equal(descriptions[0], 'not called yet');
    assert.equal(descriptions[1], '4 calls in progress');
    assert.equal(descriptions[2], '37 calls waiting');
    assert.match(descriptions[3] ?? '', /^paused until .*:\d\d/);
    assert.match(descriptions[4] ?? '', /^open until .* · 5 failures in a row$/);
    assert.equal(descriptions[6], 'isolated by you');
    for (const one of shown)
      assert.equal(one.accessibilityInformation?.label, `Provider ${one.label}: ${one.description}`);
    assert.match(
      String(shown[4]?.tooltip),
      /keeps failing \(5 failures in a row\), so calls are not made until/,
    );
  });

  it('shows the figures of a provider that was called, each with what it means', () => {
    const [idle, well] = view.getChildren();
    assert.ok(idle && well);
    assert.deepEqual(view.getChildren(idle), []);
    const facts = view.getChildren(well).map((node) => view.getTreeItem(node));
    assert.deepEqual(
      facts.map(({ label, description }) => [label, description]),
      [
        ['Circuit breaker', 'closed'],
        ['Latest calls', '3 of 20 failed (15.0 %), 1 slow, 2 rate-limited'],
        ['Concurrency', '4 of 16 in progress'],
        ['Requests', '480 of 500 in the last minute'],
        ['Tokens', '12,000 in the last minute'],
        ['Retry budget', '75.0 % left'],
        ['Since start', '1,234 calls, 12 retries, 2 rejected, 45.0 s waited'],
      ],
    );
    assert.ok(facts.every(({ tooltip }) => String(tooltip).length > 20));
    const paused = view.getChildren()[3];
    assert.ok(paused);
    assert.ok(view.getChildren(paused).some((node) => view.getTreeItem(node).label === 'Pause'));
  });

  it('shows what is left of bulkheads, and the caches', () => {
    const roots = view.getChildren();
    const bulkheads = roots.find(({ kind }) => kind === 'bulkheads');
    assert.ok(bulkheads);
    const [judge, target] = view.getChildren(bulkheads).map((node) => view.getTreeItem(node));
    assert.equal(judge?.description, '$0.8000 of $5.00 left this hour · 4 of 4 in progress · 37 waiting');
    assert.equal(judge && iconOf(judge), 'warning');
    assert.equal(target?.description, '1 in progress');
    const caches = roots.filter(({ kind }) => kind === 'cache').map((node) => view.getTreeItem(node));
    assert.deepEqual(
      caches.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ['Exact cache', '12 replies, 3.4 MB', 'cache.filled'],
        ['Semantic cache', 'empty', 'cache'],
      ],
    );
  });

  it('warns in the status bar of breakers and of budgets at 80 %', () => {
    const concerns = concernsOf(STATES, NOW);
    assert.deepEqual(
      concerns.map(({ short }) => short),
      ['open: circuit open', 'trying: circuit half-open', 'off: isolated', 'judge budget 84.0 %'],
    );
    const below = { used: 3.9, reserved: 0, limit: 5 };
    const calm = {
      ...STATES,
      providers: STATES.providers.slice(0, 4),
      pools: STATES.pools.map((pool) => ({ ...pool, costUsd: pool.costUsd && below })),
    };
    assert.deepEqual(concernsOf(calm, NOW), []);
  });

  it('is empty while no engine runs', () => {
    providers.feed.put(undefined);
    assert.deepEqual(view.getChildren(), []);
    providers.feed.put(STATES);
  });

  itTrusted('opens with its command', async () => {
    await vscode.commands.executeCommand('touchstone.showProviders');
  });

  itTrusted('says that nothing of that name is in use any more', async () => {
    const { engine } = await activated();
    const { done } = await engine.call('providers/steer', { action: 'isolate', id: 'nobody' });
    assert.equal(done, false);
  });

  itUntrusted('changes nothing where the workspace is not trusted', async () => {
    const { engine } = await activated();
    await assert.rejects(engine.call('providers/steer', { action: 'clear-cache', cache: null }));
    assert.ok((await engine.call('providers/health', {})).providers.length > 0);
  });
});
