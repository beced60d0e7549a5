import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { Pace, type PaceConfig } from '../../../../src/engine/resilience/pace/pace.ts';
import type { Allowance, CallFacts } from '../../../../src/engine/resilience/policy.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { ask, callFacts, ending, granted } from '../../../support/policyCalls.ts';

describe('pace', () => {
  let clock: ManualClock;
  let pace: Pace;

  beforeEach(() => build({}));

  function build(config: PaceConfig): void {
    clock = new ManualClock({ wall: Date.parse('2026-11-05T12:00:00Z') });
    pace = new Pace(config, clock);
  }

  const begin = (facts: Partial<CallFacts> = {}) => ask(() => pace.admit(callFacts(facts)));
  const beginMany = (count: number) => Array.from({ length: count }, () => begin());
  const running = (asked: ReturnType<typeof begin>[]) =>
    asked.filter(({ now }) => now.state === 'granted').length;
  const rejectionOf = ({ now }: ReturnType<typeof begin>) =>
    now.state === 'rejected' ? now.rejection : assert.fail(now.state);
  const limited = (inMs: number | undefined) => ({
    kind: 'rate-limited' as const,
    until: inMs === undefined ? undefined : clock.monotonic() + inMs,
  });
  const tell = (inMs: number | undefined, allowance?: Allowance) =>
    pace.learn({ decision: limited(inMs), durationMs: 0, ...(allowance ? { allowance } : {}) });

  it('gives leave at once, without a timer, where nothing is set and nobody asked to wait', () => {
    for (let call = 0; call < 1000; call++) assert.ok(!(pace.admit(callFacts()) instanceof Promise));
    assert.equal(clock.timers, 0);
    assert.deepEqual(pace.health(), {
      pausedUntil: null,
      waiting: 0,
      requests: { used: 1000, limit: null },
      tokens: { used: 0, limit: null },
    });
  });

  describe('of requests and tokens per minute', () => {
    it('keeps to requests from the first call on', async () => {
      build({ rpm: 60 });
      const asked = beginMany(120);
      assert.equal(running(asked), 5);
      await clock.advance(30_000);
      assert.ok(running(asked) >= 33 && running(asked) <= 36, String(running(asked)));
      await clock.advance(30_000);
      assert.ok(running(asked) <= 60);
      await clock.advance(62_000);
      assert.equal(running(asked), 120);
      assert.equal(clock.timers, 0);
    });

    it('allows none where the limit is 0, which is not the same as none', () => {
      build({ rpm: 0 });
      assert.equal(rejectionOf(begin()).message, 'the provider is limited to 0 requests per minute');
      build({ tpm: 0 });
      assert.equal(rejectionOf(begin()).message, 'the provider is limited to 0 tokens per minute');
    });

    it('reserves tokens by their estimate, and gives back what was not used', async () => {
      build({ tpm: 6000 });
      const tokens = { estimate: { tokens: 1000, costUsd: null } };
      const asked = Array.from({ length: 3 }, () => begin(tokens));
      assert.equal(running(asked), 1);
      granted(asked[0] ?? begin()).settle(ending('done', { tokens: 100 }));
      await settled();
      assert.equal(
        running(asked),
        1,
        'a second’s worth for each 100 tokens has gone, but not that of the next 1000',
      );
      await clock.advance(1010);
      assert.equal(running(asked), 2);
      assert.deepEqual(pace.health().tokens, { used: 100, limit: 6000 });
    });

    it('keeps the estimate where the usage is unknown, and gives it back where nothing was used', async () => {
      for (const [kind, tokens, second] of [
        ['done', null, 'waiting'],
        ['transient', null, 'waiting'],
        ['rate-limited', null, 'granted'],
        ['rejected', null, 'granted'],
      ] as const) {
        build({ tpm: 6000 });
        const facts = { estimate: { tokens: 1000, costUsd: null } };
        const first = begin(facts);
        const next = begin(facts);
        granted(first).settle(ending(kind, { tokens }));
        await settled();
        assert.equal(next.now.state, second, kind);
      }
    });

    it('does not begin a wait that would reach the deadline, and says when to ask again', () => {
      build({ rpm: 60 });
      beginMany(5);
      assert.equal(begin({ deadline: 2000 }).now.state, 'waiting');
      const late = rejectionOf(begin({ deadline: 1000 }));
      assert.equal(late.by, 'pace');
      assert.ok(late.until !== undefined && late.until > 1000 && late.until < 1020);
      assert.match(late.message, /^the limits per minute are used up until 2026-11-05T12:00:01\.\d{3}Z/);
    });

    it('can be changed, and counts what was used in the last minute', async () => {
      beginMany(50);
      await clock.advance(10_000);
      pace.configure({ rpm: 50 });
      const next = begin();
      assert.equal(next.now.state, 'waiting');
      await clock.advance(49_000);
      assert.equal(next.now.state, 'waiting');
      await clock.advance(3000);
      assert.equal(next.now.state, 'granted');
      const waiting = beginMany(10);
      pace.configure({});
      await settled();
      assert.equal(running(waiting), 10);
    });

    it('rejects whoever waits when it is set to 0', async () => {
      build({ rpm: 1 });
      begin();
      const next = begin();
      pace.configure({ rpm: 0 });
      await settled();
      assert.equal(rejectionOf(next).message, 'the provider is limited to 0 requests per minute');
    });
  });

  describe('of a provider that asks for a pause', () => {
    it('stops everybody until its end', async () => {
      granted(begin()).settle(ending(limited(5000)));
      const asked = beginMany(3);
      assert.equal(pace.health().pausedUntil, 5000);
      await clock.advance(4999);
      assert.equal(running(asked), 0);
      await clock.advance(1);
      assert.equal(running(asked), 1);
      await clock.advance(1000);
      assert.equal(running(asked), 3);
      assert.equal(pace.health().pausedUntil, null);
    });

    it('takes the later of several ends, whichever comes first', async () => {
      for (const order of [
        [9000, 2000],
        [2000, 9000],
      ]) {
        build({});
        for (const inMs of order) tell(inMs);
        const next = begin();
        await clock.advance(8999);
        assert.equal(next.now.state, 'waiting');
        await clock.advance(1);
        assert.equal(next.now.state, 'granted');
      }
    });

    it('makes no pause of a wait of 0, or of a time that has passed', () => {
      granted(begin()).settle(ending(limited(0)));
      granted(begin()).settle(ending(limited(-1000)));
      assert.equal(begin().now.state, 'granted');
      assert.equal(pace.health().pausedUntil, null);
    });

    it('is obeyed for an overload, too', () => {
      granted(begin()).settle(ending({ kind: 'overloaded', until: 700 }));
      assert.equal(pace.health().pausedUntil, 700);
    });

    it('lets nobody wait whose deadline is earlier, also of those who wait already', async () => {
      tell(1000);
      const early = begin({ deadline: 5000 });
      const late = begin({ deadline: 700_000 });
      tell(600_000);
      await settled();
      const { by, until, message } = rejectionOf(early);
      assert.deepEqual([by, until], ['pace', 600_000]);
      assert.equal(
        message,
        "the provider accepts no calls until 2026-11-05T12:10:00.000Z, after the call's deadline",
      );
      assert.equal(late.now.state, 'waiting');
      assert.equal(
        rejectionOf(begin({ deadline: 600_000 })).until,
        600_000,
        'a wait to the deadline is one too long',
      );
      await clock.advance(600_000);
      assert.equal(late.now.state, 'granted');
    });

    it('lets those who waited in by and by', async () => {
      for (let second = 0; second < 10; second++) {
        beginMany(10);
        await clock.advance(1000);
      }
      tell(5000);
      const asked = beginMany(200);
      await clock.advance(5000);
      const begun: number[] = [];
      for (let second = 0; second < 10; second++) {
        begun.push(running(asked));
        await clock.advance(1000);
      }
      assert.ok((begun[0] ?? 9) <= 1, 'no herd at its end');
      assert.ok((begun[1] ?? 0) >= 5 && (begun[1] ?? 99) <= 20, `as many as before it: ${begun}`);
      assert.ok((begun[3] ?? 0) >= 2 * (begun[2] ?? 99), `and soon more: ${begun}`);
      assert.equal(running(asked), 200);
      assert.equal(begin().now.state, 'granted');
      assert.equal(clock.timers, 0);
    });

    it('can be forgotten', async () => {
      tell(600_000);
      const next = begin();
      pace.forget();
      await settled();
      assert.equal(next.now.state, 'granted');
    });
  });

  describe('of a provider that says what is left', () => {
    const left = (remaining: number, inMs: number, limit: number) => ({
      remaining,
      resetAt: clock.monotonic() + inMs,
      limit,
    });

    it('pauses when nothing is left, before a call is refused', async () => {
      const allowance = { requests: left(0, 40_000, 60) };
      granted(begin()).settle(ending('done', { allowance, durationMs: 900 }));
      const next = begin();
      await clock.advance(39_999);
      assert.equal(next.now.state, 'waiting');
      await clock.advance(1);
      assert.equal(next.now.state, 'granted');
    });

    it('pauses, after a refusal without a wait, until the later of what is used up resets', () => {
      const allowance = { requests: left(0, 7660, 60), tokens: left(0, 360_000, 9000) };
      granted(begin()).settle(ending(limited(undefined), { allowance }));
      assert.equal(pace.health().pausedUntil, 360_000);
    });

    it('does not pause for what had reset before the answer came', () => {
      const allowance = { requests: left(0, 900, 60) };
      granted(begin()).settle(ending('done', { allowance, durationMs: 1000 }));
      assert.equal(begin().now.state, 'granted');
    });

    it('makes the rest last until it resets', async () => {
      const allowance = { requests: left(20, 40_000, 60) };
      granted(begin()).settle(ending('done', { allowance, durationMs: 900 }));
      const asked = beginMany(40);
      await clock.advance(20_000);
      assert.equal(running(asked), 10);
      await clock.advance(19_999);
      assert.equal(running(asked), 19);
      await clock.advance(1);
      assert.equal(running(asked), 40, 'a new allowance');
    });

    it('spreads tokens by the size of calls', async () => {
      for (let call = 0; call < 10; call++) granted(begin()).settle(ending('done', { tokens: 500 }));
      const allowance = { tokens: left(4000, 40_000, 60_000) };
      granted(begin()).settle(ending('done', { allowance, tokens: 500, durationMs: 900 }));
      const asked = beginMany(40);
      await clock.advance(20_000);
      assert.equal(running(asked), 4);
    });

    it('does not slow down while half of a limit is left, nor for the limit of a day', () => {
      for (const allowance of [
        { requests: left(30, 40_000, 60) },
        { requests: left(40, 43_200_000, 1000) },
        { requests: { remaining: 40, resetAt: undefined, limit: 1000 } },
        { requests: { remaining: undefined, resetAt: 50_000, limit: undefined } },
      ]) {
        build({});
        granted(begin()).settle(ending('done', { allowance }));
        assert.equal(running(beginMany(30)), 30);
      }
    });
  });

  describe('of a provider that refuses and does not say for how long', () => {
    const refuseAll = async (asked: ReturnType<typeof begin>[]) => {
      for (const { now } of asked) if (now.state === 'granted') now.permit.settle(ending('rate-limited'));
      await settled();
    };

    it('waits ever longer while everything is refused', async () => {
      await refuseAll(beginMany(10));
      assert.equal(pace.health().pausedUntil, null, 'calls that were under way together say it once');

      const pauses: number[] = [];
      for (let round = 0; round < 10; round++) {
        await clock.advance(10);
        await refuseAll([begin()]);
        pauses.push((pace.health().pausedUntil ?? 0) - clock.monotonic());
        await clock.advance(40_000);
      }
      assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    });

    it('does not wait where it answers some', async () => {
      for (let round = 0; round < 20; round++) {
        const asked = beginMany(10);
        await clock.advance(50);
        await refuseAll(asked.slice(0, 2));
        for (const { now } of asked.slice(2)) if (now.state === 'granted') now.permit.settle(ending('done'));
        assert.equal(pace.health().pausedUntil, null);
      }
    });

    it('begins anew once it answers', async () => {
      for (let round = 0; round < 6; round++) {
        await clock.advance(40_000);
        await refuseAll([begin()]);
      }
      assert.ok(pace.health().pausedUntil !== null);
      await clock.advance(40_000);
      granted(begin()).settle(ending('done'));
      await clock.advance(1000);
      await refuseAll([begin()]);
      assert.equal(pace.health().pausedUntil, null);
    });
  });

  it('counts a call once, however often it is settled', async () => {
    build({ tpm: 6000 });
    const first = begin({ estimate: { tokens: 1000, costUsd: null } });
    for (let again = 0; again < 5; again++) granted(first).settle(ending('done', { tokens: 900 }));
    assert.equal(pace.health().tokens.used, 900);
  });

  it('leaves nothing of whoever is stopped', async () => {
    build({ rpm: 1 });
    begin();
    const stop = new AbortController();
    const stopped = begin({ signal: stop.signal });
    stop.abort('stopped');
    await settled();
    assert.deepEqual(stopped.now, { state: 'failed', reason: 'stopped' });
    assert.equal(clock.timers, 0);
    assert.deepEqual(begin({ signal: stop.signal }).now, { state: 'failed', reason: 'stopped' });
  });

  it('says until when the model that is paused for longest is, and forgets all that was asked', () => {
    for (const [model, inMs] of [
      ['a', 1000],
      ['b', 3000],
      ['c', 2000],
    ] as const)
      pace.learn({ decision: limited(inMs), durationMs: 0 }, { model });
    assert.equal(pace.health().pausedUntil, clock.monotonic() + 3000);
    const tight = { requests: { remaining: 2, resetAt: clock.monotonic() + 60_000, limit: 100 } };
    pace.learn({ decision: { kind: 'done' }, durationMs: 0, allowance: tight }, { model: 'd' });
    granted(begin({ model: 'd' }));
    assert.equal(begin({ model: 'd', deadline: 1000 }).now.state, 'rejected', 'thirty seconds apart');
    pace.forget();
    for (const model of ['a', 'b', 'c', 'd']) granted(begin({ model }));
  });

  it('gives a request back that was not sent', async () => {
    build({ rpm: 5 });
    for (let call = 0; call < 20; call += 1) granted(begin()).settle(ending('rejected'));
    assert.equal(running(beginMany(7)), 5);
  });
});
