import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { AdaptiveLimit } from '../../../../src/engine/resilience/limit/adaptiveLimit.ts';
import type { CallFacts, Ending, Policy } from '../../../../src/engine/resilience/policy.ts';
import type { LimitConfig } from '../../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { ask, callFacts, ending, granted } from '../../../support/policyCalls.ts';

describe('adaptive limit', () => {
  let clock: ManualClock;
  let limit: AdaptiveLimit;

  beforeEach(() => build({}));

  function build(config: Partial<LimitConfig>): void {
    clock = new ManualClock();
    limit = new AdaptiveLimit({ adaptive: true, min: 1, max: 64, ...config }, clock);
  }

  const begin = (facts: Partial<CallFacts> = {}, policy: Policy = limit) =>
    ask(() => policy.admit(callFacts(facts)));
  const beginMany = (count: number, policy?: Policy) =>
    Array.from({ length: count }, () => begin({}, policy));
  const running = (asked: ReturnType<typeof begin>[]) =>
    asked.filter(({ now }) => now.state === 'granted').length;
  const done = (durationMs: number): Ending => ending('done', { durationMs, silentMs: durationMs });

  it('gives leave at once, without a timer, where it is not reached', () => {
    for (let call = 0; call < 16; call++) {
      const permit = limit.admit(callFacts());
      assert.ok(!(permit instanceof Promise));
    }
    assert.equal(clock.timers, 0);
    assert.deepEqual(limit.health(), { now: 16, most: 64, underWay: 16, waiting: 0 });
  });

  it('is its cap from the start where that is small, and never more', async () => {
    build({ max: 4 });
    const asked = beginMany(10);
    assert.equal(running(asked), 4);
    for (let round = 0; round < 3; round++) {
      await clock.advance(1000);
      assert.equal(limit.health().underWay, 4);
    }
  });

  it('allows none where its cap is 0', () => {
    build({ max: 0 });
    assert.equal(begin().now.state, 'rejected');
  });

  it('reaches its cap within two seconds where nothing is refused, however long calls last', async () => {
    const asked = beginMany(64);
    assert.equal(running(asked), 16);
    await clock.advance(2000);
    assert.equal(running(asked), 64);
    assert.equal(clock.timers, 0, 'nobody waits any more');
  });

  it('is raised by one step at most by calls that end together', async () => {
    const asked = beginMany(100);
    const before = limit.health().now;
    await clock.advance(35);
    for (const one of asked.slice(0, 16)) granted(one).settle(done(35));
    await settled();
    assert.ok(limit.health().now <= before + 1, `${before} → ${limit.health().now}`);
  });

  it('is not raised while it is not reached', async () => {
    for (let call = 0; call < 50; call++) {
      const asked = beginMany(10);
      await clock.advance(100);
      for (const one of asked) granted(one).settle(done(100));
    }
    assert.equal(limit.health().now, 16);
  });

  it('is lowered once by refusals of calls that were under way together', async () => {
    const asked = beginMany(40);
    await clock.advance(20);
    const before = limit.health().now;
    for (const one of asked.filter(({ now }) => now.state === 'granted'))
      granted(one).settle(ending('rate-limited'));
    await settled();
    assert.equal(limit.health().now, Math.floor(before / 2));
    assert.ok(limit.health().underWay <= limit.health().now);
  });

  it('is lowered by an overload, and not by what is no wish for fewer calls', () => {
    const endings = ['transient', 'caller', 'rejected'] as const;
    for (const kind of endings) {
      granted(begin()).settle(ending(kind));
      assert.equal(limit.health().now, 16);
    }
    granted(begin()).settle(ending('overloaded'));
    assert.equal(limit.health().now, 8);
  });

  it('never falls below its minimum', async () => {
    build({ min: 3 });
    for (let call = 0; call < 50; call++) {
      await clock.advance(10_000);
      granted(begin()).settle(ending('rate-limited'));
    }
    assert.equal(limit.health().now, 3);
  });

  it('begins calls further apart than they last where one at a time is too much', async () => {
    const sent: { at: number; refused: boolean }[] = [];
    let accepted = -1000;
    const callers = Array.from({ length: 3 }, async () => {
      while (clock.monotonic() < 300_000) {
        const permit = await limit.admit(callFacts());
        const at = clock.monotonic();
        const refused = at < accepted + 1000;
        if (!refused) accepted = at;
        sent.push({ at, refused });
        await clock.sleep(refused ? 5 : 100);
        permit.settle(refused ? ending('rate-limited') : done(100));
      }
    });
    await clock.advance(310_000);
    await Promise.all(callers);

    const settledCalls = sent.filter(({ at }) => at > 150_000);
    const refused = settledCalls.filter((one) => one.refused).length;
    assert.ok(settledCalls.length - refused >= 100, `${settledCalls.length} sent, ${refused} refused`);
    assert.ok(refused <= 0.2 * settledCalls.length, `${refused} of ${settledCalls.length} refused`);
  });

  it('wakes those who wait for a moment that has passed while a timer was late', async () => {
    for (let call = 0; call < 12; call++) {
      granted(begin()).settle(done(100));
      await clock.advance(10_000);
      granted(begin()).settle(ending('rate-limited'));
      await clock.advance(10_000);
    }
    granted(begin()).settle(ending('rate-limited'));
    const first = begin();
    assert.equal(first.now.state, 'waiting', 'calls begin apart');

    clock.pass(5000);
    const second = begin();
    await settled();
    granted(first).settle(done(100));
    await clock.advance(10_000);
    assert.equal(second.now.state, 'granted');
  });

  it('grows back after it was idle', async () => {
    granted(begin()).settle(ending('rate-limited'));
    granted(begin()).settle(ending('rate-limited'));
    const low = limit.health().now;
    await clock.advance(3_600_000);

    for (let second = 0; second < 120; second++) {
      const asked = beginMany(80);
      await clock.advance(1000);
      for (const one of asked) if (one.now.state === 'granted') one.now.permit.settle(done(500));
      for (let wave = 0; wave < 20 && limit.health().waiting > 0; wave++) {
        await clock.advance(500);
        for (const one of asked) if (one.now.state === 'granted') one.now.permit.settle(done(500));
      }
    }
    assert.ok(low < 16 && limit.health().now === 64, `${low} → ${limit.health().now}`);
  });

  it('is fixed where it is not adaptive', async () => {
    build({ adaptive: false, max: 30 });
    const asked = beginMany(40);
    assert.equal(running(asked), 30);
    granted(asked[0] ?? begin()).settle(ending('rate-limited'));
    await clock.advance(10_000);
    assert.deepEqual(limit.health(), { now: 30, most: 30, underWay: 30, waiting: 9 });
  });

  it('is unlimited without a cap', async () => {
    build({ adaptive: false, max: Number.POSITIVE_INFINITY });
    assert.equal(running(beginMany(500)), 500);
    build({ max: Number.POSITIVE_INFINITY });
    const asked = beginMany(500);
    await clock.advance(10_000);
    assert.equal(running(asked), 500);
  });

  it('is the smallest that callers allow whose calls are under way', async () => {
    const few = limit.policy(2);
    const many = limit.policy(10);
    const first = beginMany(1, few);
    const others = beginMany(5, many);
    assert.equal(running(others), 1);
    granted(first[0] ?? begin()).settle(done(1));
    await settled();
    assert.equal(running(others), 5);

    const small = beginMany(1, few);
    const late = beginMany(1, many);
    for (const one of others) granted(one).settle(done(1));
    await settled();
    assert.deepEqual([running(small), running(late)], [1, 1]);
  });

  it('lets callers take turns, and those of one caller in their order', async () => {
    build({ adaptive: false, max: 1 });
    const first = begin({ caller: 'x' });
    const order: string[] = [];
    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2'])
      Promise.resolve(limit.admit(callFacts({ caller: name[0] ?? '' }))).then((permit) => {
        order.push(name);
        permit.settle(done(1));
      });
    granted(first).settle(done(1));
    await settled();
    assert.deepEqual(order, ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('forgets whoever is stopped or comes to its deadline', async () => {
    build({ adaptive: false, max: 1 });
    const stop = new AbortController();
    const first = begin();
    const stopped = begin({ signal: stop.signal });
    const late = begin({ deadline: 500 });
    const last = begin();
    stop.abort('stopped');
    await clock.advance(500);
    assert.deepEqual(stopped.now, { state: 'failed', reason: 'stopped' });
    assert.equal(late.now.state, 'rejected');
    granted(first).settle(done(500));
    await settled();
    assert.equal(last.now.state, 'granted');
    assert.deepEqual(limit.health(), { now: 1, most: 1, underWay: 1, waiting: 0 });
    assert.equal(clock.timers, 0);
  });

  it('can be changed: calls that wait move up, calls under way go on', async () => {
    build({ adaptive: false, max: 1 });
    const asked = beginMany(5);
    limit.configure({ adaptive: false, min: 1, max: 3 });
    await settled();
    assert.equal(running(asked), 3);
    limit.configure({ adaptive: true, min: 1, max: 2 });
    granted(asked[0] ?? begin()).settle(done(1));
    await settled();
    assert.equal(running(asked), 3, 'two under way, and one that ended');
  });
});
