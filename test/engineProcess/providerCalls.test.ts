import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { processOwner } from '../../src/processOwner.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const CONFIG = `
providers: { own: { base_url: "http://127.0.0.1:9/v1" } }
bulkheads: { judge: { max_concurrency: 2, cost_per_hour_usd: 5 } }
caches: { exact: true }
suites: {}
`;

describe('engine process: providers', () => {
  it('says what is configured and stored, where nothing was called', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    const store = new RunStore(storePath(root));
    store.pools(processOwner()).correct('judge', { costUsd: 4 }, systemClock.now());
    store.close();

    await using window = await TestWindow.open(root);
    const { providers, pools, caches } = await window.call('providers/health', {});
    assert.deepEqual(
      providers.map(({ name, origin, health }) => [name, origin, health]),
      [
        ['openai', 'https://api.openai.com', null],
        ['own', 'http://127.0.0.1:9', null],
      ],
    );
    assert.deepEqual(pools, [
      {
        pool: 'judge',
        concurrency: { underWay: 0, most: 2 },
        queue: { waiting: 0, most: null },
        tokens: null,
        costUsd: { used: 4, reserved: 0, limit: 5 },
      },
    ]);
    assert.deepEqual(caches, [{ name: 'exact', entries: 0, bytes: 0 }]);
  });

  it('keeps what it knows while the configuration is broken', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': 'providers: [' });
    await using window = await TestWindow.open(root);
    assert.deepEqual(await window.call('providers/health', {}), { providers: [], pools: [], caches: [] });
  });

  it('steers nothing where the workspace is not trusted', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    await using window = await TestWindow.open(root, { trusted: false });
    for (const wanted of [
      { action: 'isolate', id: 'x' },
      { action: 'reset', id: 'x' },
      { action: 'limit-provider', id: 'x', most: 1 },
      { action: 'limit-bulkhead', bulkhead: 'judge', limits: { maxConcurrency: 0 } },
      { action: 'clear-cache', cache: null },
    ])
      assert.equal((await window.failure('providers/steer', wanted)).kind, 'untrusted', wanted.action);
    assert.equal((await window.call('providers/health', {})).pools.length, 1);
  });

  it('refuses what is no action', async () => {
    await using window = await TestWindow.open(temporaryFolder({ 'touchstone.yaml': CONFIG }));
    for (const wanted of [{}, { action: 'open', id: 'x' }, { action: 'limit-provider', id: 'x', most: -1 }])
      assert.notEqual((await window.failure('providers/steer', wanted)).kind, 'untrusted');
  });

  it('clears stored replies, and says so', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    const store = new RunStore(storePath(root));
    const reply = { key: 'k', partition: '', createdAt: systemClock.now(), question: null, body: '{}' };
    store.replies.put('exact', [reply], systemClock.now(), { maxBytes: 1e6, expiresMs: 1e9 });
    store.close();

    await using window = await TestWindow.open(root);
    assert.equal((await window.call('providers/health', {})).caches[0]?.entries, 1);
    const { done, states } = await window.call('providers/steer', { action: 'clear-cache', cache: 'exact' });
    assert.deepEqual([done, states.caches[0]?.entries], [true, 0]);
    const told = await window.heard('providers/changed', ({ caches }) => caches[0]?.entries === 0);
    assert.equal(told.pools.length, 1);
  });
});
