import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { processOwner } from '../../src/processOwner.ts';
import { startOpenAiServer } from '../support/openaiServer.ts';
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
      [['own', 'http://127.0.0.1:9', null]],
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

  it('tells what changes while a run goes on, and steers it', async () => {
    const gate = Promise.withResolvers<void>();
    const server = await startOpenAiServer((_request, index) => ({
      text: 'an answer',
      ...(index === 1 ? { after: gate.promise } : {}),
    }));
    const root = temporaryFolder({
      'touchstone.yaml': `
providers: { own: { base_url: "${server.baseUrl}" } }
bulkheads: { planning: { max_concurrency: 3 } }
suites:
  s: { dataset: a.golden.yaml, max_concurrency: 1, timeout_ms: 3000, targets: [{ prompt: p.prompty, model: own/one, bulkhead: planning }], evaluators: [{ contains: a }] }
`,
      'p.prompty': 'user:\nSay {{input}}.\n',
      'a.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [${[1, 2, 3, 4].map((at) => `{ id: c${at}, input: x }`).join(', ')}]\n`,
    });
    try {
      await using window = await TestWindow.open(root);
      const { runIds } = await window.call('run/start', { suite: 's' });
      const told = await window.heard('providers/changed', ({ providers }) =>
        providers.some(({ health }) => health?.calls.underWay === 1),
      );
      const id = told.providers[0]?.health?.id ?? '';
      assert.match(id, /^[0-9a-f]+$/);

      const limited = await window.call('providers/steer', { action: 'limit-provider', id, most: 2 });
      assert.equal(limited.states.providers[0]?.health?.limit.most, 2);
      const limits = { maxConcurrency: 1 };
      const pool = await window.call('providers/steer', {
        action: 'limit-bulkhead',
        bulkhead: 'planning',
        limits,
      });
      assert.equal(pool.states.pools.find((one) => one.pool === 'planning')?.concurrency.most, 1);
      await window.call('providers/steer', {
        action: 'limit-bulkhead',
        bulkhead: 'planning',
        limits: { maxConcurrency: null },
      });

      const isolated = await window.call('providers/steer', { action: 'isolate', id });
      assert.equal(isolated.states.providers[0]?.health?.breaker.state, 'isolated');
      gate.resolve();
      await window.heard('providers/changed', ({ providers }) =>
        providers.some(({ health }) => health?.breaker.state === 'isolated'),
      );
      const requests = server.requests.length;
      const end = await window.heard('run/finished', ({ runId }) => runId === runIds[0]);
      assert.notEqual(end.passed, true);
      assert.match(end.stopped ?? '', /isolated/);
      const { run } = await window.call('run/summary', { runId: end.runId });
      assert.equal(run.stopped, end.stopped);
      assert.equal(server.requests.length, requests, 'an isolated provider was called');

      const reset = await window.call('providers/steer', { action: 'reset', id });
      assert.deepEqual([reset.done, reset.states.providers[0]?.health?.breaker.state], [true, 'closed']);
      assert.equal((await window.call('providers/steer', { action: 'reset', id: 'x' })).done, false);
    } finally {
      gate.resolve();
      await server.close();
    }
  });

  it('tries a provider at once that was gone, where a person starts the next run', async () => {
    let isGone = true;
    const server = await startOpenAiServer(() => (isGone ? { status: 500 } : { text: 'an answer' }));
    const root = temporaryFolder({
      'touchstone.yaml': `
providers: { own: { base_url: "${server.baseUrl}", resilience: { retry: false, breaker: { failures: 2 } } } }
suites:
  s: { dataset: a.golden.yaml, max_concurrency: 1, timeout_ms: 3000, targets: [{ prompt: p.prompty, model: own/one }], evaluators: [{ contains: a }] }
`,
      'p.prompty': 'user:\nSay {{input}}.\n',
      'a.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [${[1, 2, 3, 4].map((at) => `{ id: c${at}, input: x }`).join(', ')}]\n`,
    });
    try {
      await using window = await TestWindow.open(root);
      const run = async () => {
        const { runIds } = await window.call('run/start', { suite: 's' });
        return window.heard('run/finished', ({ runId }) => runId === runIds[0]);
      };
      const first = await run();
      assert.match(first.stopped ?? '', /own\/one: the circuit breaker is open after 2 failures in a row/);
      const second = await run();
      assert.match(second.stopped ?? '', /the circuit breaker is open/);
      assert.equal(server.requests.length, 3, 'one call at once, which failed');

      isGone = false;
      const third = await run();
      assert.equal(third.stopped ?? null, null);
      assert.equal(third.passed, true);
      assert.equal(server.requests.length, 3 + 4);
    } finally {
      await server.close();
    }
  });
});
