import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { noSpan } from '../../../src/engine/ports.ts';
import type { Decision } from '../../../src/engine/resilience/decision.ts';
import type { Attempted, CallRequest, Outcome } from '../../../src/engine/resilience/guard.ts';
import { Rejected } from '../../../src/engine/resilience/policy.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import {
  DEFAULT_BREAKER,
  DEFAULT_RESILIENCE,
  type ResilienceConfig,
} from '../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock, settled } from '../../support/manualClock.ts';
import { stillRandom } from '../../support/stillRandom.ts';

interface Made {
  model: string | undefined;
  /** When each attempt began. */
  at: number[];
  end?: (decision: Decision, more?: Partial<Outcome>) => void;
  error?: unknown;
  done?: true;
}

describe('the models of one provider', () => {
  let clock: ManualClock;
  let guards: ProviderGuards;
  let resilience: ResilienceConfig;

  beforeEach(() => {
    clock = new ManualClock();
    guards = new ProviderGuards({ clock, random: stillRandom });
    resilience = { ...DEFAULT_RESILIENCE, retry: null };
  });

  const guard = () =>
    guards.of({ provider: 'p', origin: 'http://p', credential: ['key'], resilience, maxConcurrency: 100 });

  /** A call whose attempts end when the test says so. */
  function call(model: string | undefined, more: Partial<CallRequest> = {}): Made {
    const made: Made = { model, at: [] };
    const { signal } = new AbortController();
    const request = {
      pool: 'target',
      caller: 'run',
      model,
      signal,
      timeoutMs: 300_000,
      span: noSpan,
      ...more,
    };
    guard()
      .open(request, () => {
        made.at.push(clock.monotonic());
        return new Promise<Attempted<number>>((resolve) => {
          made.end = (decision, outcome = {}) =>
            resolve({
              kind: 'ended',
              value: 0,
              outcome: { decision, tokens: 1, costUsd: 0, silentMs: 0, ...outcome },
            });
        });
      })
      .then(
        () => (made.done = true),
        (error: unknown) => (made.error = error),
      );
    return made;
  }

  async function ended(
    model: string | undefined,
    decision: Decision,
    more?: Partial<Outcome>,
  ): Promise<Made> {
    const made = call(model);
    await settled();
    made.end?.(decision, more);
    await settled();
    return made;
  }

  async function open(model: string | undefined): Promise<void> {
    for (let failures = 0; failures < 5; failures += 1) await ended(model, { kind: 'transient' });
  }

  const limited = (inMs?: number): Decision => ({
    kind: 'rate-limited',
    until: inMs === undefined ? undefined : clock.monotonic() + inMs,
  });
  const begun = (calls: Made[]) => calls.filter(({ at }) => at.length > 0).length;

  for (const [what, decision, more] of [
    ['refused with a wait', () => limited(60_000), {}],
    [
      'told that nothing is left',
      (): Decision => ({ kind: 'done' }),
      { allowance: { requests: { remaining: 0, resetAt: 60_000, limit: 5 } } },
    ],
  ] as const)
    it(`are asked as before where one of them is ${what}`, async () => {
      await ended('small', decision(), more);
      const paused = call('small');
      const others = [call('large'), call(undefined), call('large')];
      await settled();
      assert.deepEqual([begun([paused]), begun(others)], [0, 3]);
      await clock.advance(60_000);
      assert.equal(begun([paused]), 1);
    });

  it('are asked as before where one of them fails, of whose calls nobody else hears', async () => {
    await open('dead');
    const other = await ended('alive', { kind: 'done' });
    assert.equal(other.done, true);
    const refused = call('dead', { waits: false });
    await settled();
    assert(refused.error instanceof Rejected);
    assert.match(refused.error.message, /^p\/dead: the circuit breaker is open after 5 failures in a row$/);
    assert.equal(refused.error.of, 'p/dead');

    const [health] = guards.health().providers;
    assert.deepEqual(
      health?.breaker.state === 'open' && health.breaker.reason,
      '5 failures in a row of dead',
    );
    assert.equal(health?.calls.failed, 5);
  });

  it('say which one is worst off, and name no model where there is only one', async () => {
    await open('dead');
    const [health] = guards.health().providers;
    assert.deepEqual(health?.breaker.state === 'open' && health.breaker.reason, '5 failures in a row');
    await clock.advance(30_000);
    await open('later');
    const [now] = guards.health().providers;
    assert(now?.breaker.state === 'open');
    assert.deepEqual(
      [now.breaker.reason, now.breaker.until],
      ['5 failures in a row of later', clock.now() + 60_000],
    );
  });

  it('are counted together, and what becomes of each is written to the log', async () => {
    const lines: string[] = [];
    const log = { write: (level: string, message: string) => void lines.push(`${level}: ${message}`) };
    guards = new ProviderGuards({ clock, random: stillRandom, log });
    await ended('fast', { kind: 'done' });
    await ended('slow', { kind: 'done' }, { silentMs: 60_001 });
    await open('dead');
    await clock.advance(60_000);
    call('dead');
    await settled();
    const [health] = guards.health().providers;
    assert.equal(health?.breaker.state, 'half-open', 'which is worse than closed, whoever was called first');
    const { total, failed, slow } = health?.calls ?? {};
    assert.deepEqual([total, failed, slow], [7, 5, 1]);
    await open('later');
    assert.equal(guards.health().providers[0]?.breaker.state, 'open', 'which is worse than half-open');
    assert.deepEqual(lines, [
      'warn: p/dead: the circuit breaker is open after 5 failures in a row',
      'info: p/dead: the circuit breaker is half-open',
      'warn: p/later: the circuit breaker is open after 5 failures in a row',
    ]);
  });

  it('are isolated and reset together, also one that is called for the first time, whatever is configured meanwhile', async () => {
    await ended('one', { kind: 'done' });
    const id = guards.health().providers[0]?.id ?? '';
    guards.isolate(id);
    const isRefused = async (model: string) => {
      const made = call(model);
      await settled();
      return made.error instanceof Rejected && made.error.by === 'breaker';
    };
    assert.deepEqual([await isRefused('one'), await isRefused('two')], [true, true]);
    resilience = { ...resilience, breaker: { ...DEFAULT_BREAKER, failures: 3 } };
    assert.deepEqual([await isRefused('one'), await isRefused('two')], [true, true]);
    guards.tryEarly();
    assert.equal(await isRefused('one'), true);

    guards.reset(id);
    assert.equal((await ended('one', { kind: 'done' })).done, true);
    assert.equal((await ended('three', { kind: 'done' })).done, true);
  });

  it('find out by themselves how many calls at once they take', async () => {
    const small = Array.from({ length: 16 }, () => call('small'));
    await settled();
    for (const one of small) one.end?.(limited());
    await settled();
    const [more, others] = [
      Array.from({ length: 16 }, () => call('small')),
      Array.from({ length: 16 }, () => call('large')),
    ];
    await settled();
    assert.ok(begun(more) <= 8, String(begun(more)));
    assert.equal(begun(others), 16);
  });

  it('never have more calls under way than the provider may, and none takes the places of others for long', async () => {
    resilience = { ...resilience, limit: { adaptive: true, min: 1, max: 4 } };
    const first = Array.from({ length: 6 }, () => call('small'));
    const later = call('large', { caller: 'another run' });
    await settled();
    assert.deepEqual([begun(first), begun([later])], [4, 0]);
    first[0]?.end?.({ kind: 'done' });
    await settled();
    first[1]?.end?.({ kind: 'done' });
    await settled();
    assert.deepEqual([begun(first), begun([later])], [5, 1]);
  });

  it('share the requests per minute of the provider: nobody is overtaken for them, but by models that may be asked', async () => {
    resilience = { ...resilience, rpm: 60 };
    await ended('paused', limited(3000));
    const calls = [call('paused'), ...Array.from({ length: 8 }, () => call('large')), call('small')];
    await settled();
    assert.equal(begun(calls), 4);
    await clock.advance(2900);
    assert.equal(begun(calls.slice(0, 1)), 0);
    const before = begun(calls);
    assert.ok(before >= 6 && before <= 7, String(before));
    assert.equal(begun(calls.slice(-1)), 0, 'its turn is after those of its caller that came before it');
    await clock.advance(10_000);
    assert.equal(begun(calls), 10);
  });

  it('let a call through that is so large that it must wait, before smaller ones of other models', async () => {
    resilience = { ...resilience, tpm: 6000 };
    const tokens = (count: number) => ({ estimate: () => ({ tokens: count, costUsd: null }) });
    const calls = [call('a', tokens(1000)), call('a', tokens(1000)), call('b', tokens(1))];
    await settled();
    assert.deepEqual([begun(calls.slice(0, 1)), begun(calls.slice(1))], [1, 0]);
    await clock.advance(9000);
    assert.equal(begun(calls.slice(1)), 0);
    await clock.advance(3000);
    assert.equal(begun(calls.slice(1)), 2);
  });

  describe('where a person begins something', () => {
    it('let one call through at a time while one is open, and are closed when enough went well', async () => {
      await open('m');
      guards.tryEarly();
      const calls = Array.from({ length: 12 }, () => call('m'));
      await settled();
      for (const made of [1, 2, 3]) {
        assert.equal(begun(calls), made);
        guards.tryEarly();
        calls[made - 1]?.end?.({ kind: 'done' });
        await settled();
      }
      assert.equal(begun(calls), 12, 'it is closed');
    });

    it('stay open for the rest of the time where the call fails, however often it is tried', async () => {
      await open('m');
      const until = clock.monotonic() + 60_000;
      for (let tries = 0; tries < 5; tries += 1) {
        await clock.advance(10_000);
        guards.tryEarly();
        await ended('m', { kind: 'transient' });
        const refused = call('m', { waits: false });
        await settled();
        assert.equal(refused.error instanceof Rejected && refused.error.until, until);
      }
      await clock.advance(10_000);
      const probes = Array.from({ length: 5 }, () => call('m'));
      await settled();
      assert.equal(begun(probes), 3);
    });

    it('are open for longer where the call fails after that time', async () => {
      await open('m');
      guards.tryEarly();
      const probe = call('m');
      await clock.advance(61_000);
      probe.end?.({ kind: 'transient' });
      await settled();
      const refused = call('m', { waits: false });
      await settled();
      assert.equal(refused.error instanceof Rejected && refused.error.until, clock.monotonic() + 120_000);
    });

    it('are asked once where nobody knows better, by those who wait already', async () => {
      await open('m');
      const waiting = [call('m'), call('m')];
      await settled();
      guards.tryEarly();
      await settled();
      assert.equal(begun(waiting), 1);
    });
  });
});
