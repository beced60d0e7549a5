import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { callLines, ProviderNotices } from '../../../src/cli/views/providerNotices.ts';
import type {
  PoolHealth,
  ProviderHealth,
  ResilienceHealth,
} from '../../../src/engine/model/providerHealth.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

function provider(more: Partial<ProviderHealth> = {}): ProviderHealth {
  return {
    id: 'a',
    provider: 'openai',
    origin: 'https://api.openai.com',
    breaker: { state: 'closed' },
    calls: { total: 0, failed: 0, slow: 0, rateLimited: 0, underWay: 1, waiting: 0 },
    limit: { now: 4, most: 64 },
    retryBudget: 1,
    pausedUntil: null,
    requests: { used: 0, limit: null },
    tokens: { used: 0, limit: null },
    totals: { calls: 0, retries: 0, rateLimited: 0, rejected: 0, fallbacks: 0, waitedMs: 0 },
    ...more,
  };
}

const health = (more: Partial<ProviderHealth>, pools: PoolHealth[] = []): ResilienceHealth => ({
  providers: [provider(more)],
  pools,
});

const open = {
  breaker: { state: 'open', since: NOW, until: NOW + 60_000, reason: '5 failures in a row' },
} as const;

describe('what a run says of its providers while it goes on', () => {
  it('is nothing while they answer, however many calls wait', () => {
    const notices = new ProviderNotices();
    const waiting = { calls: { total: 9, failed: 1, slow: 0, rateLimited: 0, underWay: 4, waiting: 90 } };
    assert.deepEqual(notices.next(health({}), NOW), []);
    assert.deepEqual(notices.next(health(waiting), NOW), []);
  });

  it('is an open breaker, once, and that it is closed again', () => {
    const notices = new ProviderNotices();
    assert.deepEqual(notices.next(health(open), NOW), [
      'openai: not called for 1 min 00 s, because of 5 failures in a row (circuit breaker open)',
    ]);
    assert.deepEqual(notices.next(health(open), NOW + 1000), []);
    const halfOpen = { breaker: { state: 'half-open', since: NOW, probes: 1 } } as const;
    assert.deepEqual(notices.next(health(halfOpen), NOW + 61_000), []);
    assert.deepEqual(notices.next(health({}), NOW + 62_000), ['openai: called again']);
    assert.deepEqual(notices.next(health(open), NOW + 63_000).length, 1);
  });

  it('is a pause that the provider asked for, unless it is short or told of lately', () => {
    const notices = new ProviderNotices();
    assert.deepEqual(notices.next(health({ pausedUntil: NOW + 1500 }), NOW), []);
    assert.deepEqual(notices.next(health({ pausedUntil: NOW + 11_400 }), NOW), [
      'openai: waits 12 s, asked by the provider (429)',
    ]);
    assert.deepEqual(notices.next(health({}), NOW + 12_000), []);
    assert.deepEqual(notices.next(health({ pausedUntil: NOW + 25_000 }), NOW + 13_000), []);
    assert.equal(notices.next(health({ pausedUntil: NOW + 60_000 }), NOW + 40_000).length, 1);
  });

  it('is isolation by hand, and a budget that is used up', () => {
    const notices = new ProviderNotices();
    const isolated = { breaker: { state: 'isolated', since: NOW } } as const;
    assert.deepEqual(notices.next(health(isolated), NOW), ['openai: not called, isolated by hand']);

    const pool = (used: number): PoolHealth => ({
      pool: 'judge',
      concurrency: { underWay: 0, most: 4 },
      queue: { waiting: 3, most: null },
      tokens: null,
      costUsd: { used, reserved: 0, limit: 5 },
    });
    assert.deepEqual(notices.next(health(isolated, [pool(4.9)]), NOW), []);
    const told = ['bulkhead judge: its budget of cost for this hour is used up'];
    assert.deepEqual(notices.next(health(isolated, [pool(5)]), NOW), told);
    assert.deepEqual(notices.next(health(isolated, [pool(5)]), NOW), []);
  });
});

describe('what a run says of its calls in the end', () => {
  it('counts only its own, and only of providers that did not simply answer', () => {
    const totals = { calls: 100, retries: 2, rateLimited: 1, rejected: 0, fallbacks: 0, waitedMs: 5000 };
    const before = health({ totals });
    assert.deepEqual(callLines(before, health({ totals: { ...totals, calls: 200 } })), []);
    const after = { calls: 1334, retries: 3, rateLimited: 5, rejected: 2, fallbacks: 3, waitedMs: 50_000 };
    assert.deepEqual(callLines(before, health({ totals: after })), [
      'openai: 1,234 calls, 1 retry, 4 refused for their rate (429), 2 rejected before they were sent, 3 answered by fallbacks, 45.0 s of waiting over all calls',
    ]);
    assert.equal(callLines({ providers: [], pools: [] }, before).length, 1);
  });
});
