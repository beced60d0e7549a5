import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { noSpan } from '../../../src/engine/ports.ts';
import { memoryLedger } from '../../../src/engine/resilience/budget/memoryLedger.ts';
import type { CallRequest, Guard, Outcome } from '../../../src/engine/resilience/guard.ts';
import { Rejected } from '../../../src/engine/resilience/policy.ts';
import { type GuardedProvider, ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import { DEFAULT_RESILIENCE } from '../../../src/engine/resilience/resilienceConfig.ts';
import { stillRandom } from '../../support/stillRandom.ts';
import { manualClock } from '../models/manualClock.ts';

const DONE: Outcome = { decision: { kind: 'done' }, tokens: 10, costUsd: 0.1 };
const FAILED: Outcome = { decision: { kind: 'transient' }, tokens: 0, costUsd: 0 };
const WRONG: Outcome = { decision: { kind: 'caller' }, tokens: 0, costUsd: 0 };

function opened() {
  const clock = manualClock(0);
  const guards = new ProviderGuards({ clock, random: stillRandom });
  const of = (more: Partial<GuardedProvider> = {}) =>
    guards.of({ provider: 'p', origin: 'http://p', credential: ['key'], ...more });
  const call = (guard: Guard, outcome: Outcome, more: Partial<CallRequest> = {}) => {
    const { signal } = new AbortController();
    const request = { pool: 'target', caller: '', signal, timeoutMs: 10_000, span: noSpan, ...more };
    return guard.open(request, async () => ({ kind: 'ended', value: outcome, outcome }));
  };
  const fail = async (guard: Guard, times: number) => {
    for (let made = 0; made < times; made++) await call(guard, { ...FAILED, final: true });
  };
  return { clock, guards, of, call, fail };
}

const isOpen = (error: unknown) => error instanceof Rejected && error.by === 'breaker';

describe('the guards of providers', () => {
  it('are one for a server and a credential, under whatever name it is asked', async () => {
    const { of, call, fail } = opened();
    await fail(of(), 5);
    await assert.rejects(call(of({ provider: 'other' }), DONE), isOpen);
    await call(of({ credential: ['another key'] }), DONE);
    await call(of({ origin: 'http://elsewhere' }), DONE);
    await call(of({ credential: [] }), DONE);
  });

  it('name the provider and the time in what they refuse', async () => {
    const { of, call, fail, clock } = opened();
    await fail(of(), 5);
    await assert.rejects(call(of(), DONE), (error) => {
      assert(error instanceof Rejected);
      assert.match(error.message, /^p: the circuit breaker is open/);
      const inMs = (error.until ?? 0) - clock.monotonic();
      return error.of === 'p' && inMs > 50_000 && inMs <= 60_000;
    });
  });

  it('are not opened by requests that are wrong, however many there are', async () => {
    const { of, call } = opened();
    for (let made = 0; made < 50; made++) await call(of(), WRONG);
    await call(of(), DONE);
  });

  it('wait for a short outage within the time of the call, and go on without where nobody waits', async () => {
    const { of, call, fail, clock } = opened();
    await fail(of(), 5);
    await assert.rejects(call(of(), DONE, { timeoutMs: 90_000, waits: false }), isOpen);
    const waiting = call(of(), DONE, { timeoutMs: 90_000 });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(60_000);
    assert.equal((await waiting).value, DONE);
  });

  it('take what was configured last, and keep what did not change', async () => {
    const { of, call, fail } = opened();
    const { breaker } = DEFAULT_RESILIENCE;
    assert(breaker);
    const strict = { ...DEFAULT_RESILIENCE, breaker: { ...breaker, failures: 2 } };
    await fail(of({ resilience: strict }), 2);
    await assert.rejects(call(of({ resilience: { ...strict, rpm: 100 } }), DONE), isOpen);
    await call(of({ resilience: { ...DEFAULT_RESILIENCE, breaker: null } }), DONE);
    await fail(of({ resilience: { ...DEFAULT_RESILIENCE, breaker: null } }), 30);
  });

  it('are seen and steered by an id that holds nothing of a key', async () => {
    const { of, call, guards } = opened();
    of({ origin: 'http://unused' });
    assert.deepEqual(guards.health().providers, [], 'nobody was called');
    await call(of(), DONE);
    const [health] = guards.health().providers;
    assert(health);
    assert.deepEqual([health.provider, health.origin, health.totals.calls], ['p', 'http://p', 1]);
    assert.equal(JSON.stringify(health).includes('key'), false);

    assert.equal(guards.isolate(health.id), true);
    await assert.rejects(call(of(), DONE), isOpen);
    guards.reset(health.id);
    await call(of(), DONE);
    guards.limitProvider(health.id, 0);
    await assert.rejects(call(of(), DONE), (error) => error instanceof Rejected && error.by === 'limit');
    guards.limitProvider(health.id, null);
    await call(of(), DONE);
    assert.equal(guards.isolate('nobody'), false);
  });

  it('count the calls that something else answered', async () => {
    const { of, call, guards } = opened();
    of({ origin: 'http://unused', credential: ['other'] });
    await call(of(), DONE);
    guards.fellBack('p');
    guards.fellBack('p');
    guards.fellBack('nobody');
    assert.deepEqual(
      guards.health().providers.map(({ origin, totals }) => [origin, totals.fallbacks]),
      [['http://p', 2]],
    );
  });

  it('hold a bulkhead together over providers, and its limits can be changed for the time being', async () => {
    const { of, call, guards } = opened();
    guards.pools.configure({ planning: { maxConcurrency: 1, queue: 0, whenFull: 'reject' } }, () =>
      assert.fail(),
    );
    const { signal } = new AbortController();
    const request = { pool: 'planning', caller: '', signal, timeoutMs: 1000, span: noSpan };
    const streaming = await of().open(request, async () => ({ kind: 'begun', value: 1 }));
    const elsewhere = of({ origin: 'http://q' });
    await assert.rejects(call(elsewhere, DONE, { pool: 'planning' }), /planning/);
    await call(elsewhere, DONE);
    assert.equal(guards.limitPool('planning', { maxConcurrency: 2 }), true);
    await call(elsewhere, DONE, { pool: 'planning' });
    streaming.settle(DONE);
    assert.deepEqual(
      guards.health().pools.map(({ pool, concurrency }) => [pool, concurrency.underWay, concurrency.most]),
      [
        ['planning', 0, 2],
        ['target', 0, null],
      ],
    );
  });

  it('keep each limit that a person set when another one is changed or taken back', () => {
    const { guards } = opened();
    guards.pools.configure({ judge: { maxConcurrency: 4, tokensPerHour: 1000, whenFull: 'wait' } }, memory);
    const limits = () => {
      const [judge] = guards.health().pools;
      return [judge?.concurrency.most, judge?.tokens?.limit, judge?.costUsd?.limit];
    };

    guards.limitPool('judge', { maxConcurrency: 2 });
    guards.limitPool('judge', { tokensPerHour: 50 });
    guards.limitPool('judge', { costPerHourUsd: 0 });
    assert.deepEqual(limits(), [2, 50, 0]);

    guards.limitPool('judge', { tokensPerHour: null, costPerHourUsd: null });
    assert.deepEqual(limits(), [2, 1000, undefined]);
  });

  it('keep an hourly budget by what calls say they use, and by what they used', async () => {
    const { of, call, guards } = opened();
    guards.pools.configure({ judge: { costPerHourUsd: 0.25, whenFull: 'reject' } }, memory);
    const judge = (costUsd: number | null) =>
      call(of(), DONE, { pool: 'judge', estimate: () => ({ tokens: 1, costUsd }) });
    await judge(0.2);
    await judge(0.15);
    await assert.rejects(judge(0.06), /budget of the bulkhead 'judge'/);
    await judge(0.04);
    await assert.rejects(judge(null), /cost of this call is unknown: set a price for its model/);
  });
});

const ledger = memoryLedger();
const memory = () => ledger;
