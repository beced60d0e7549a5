import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { Breaker, type BreakerChange } from '../../../../src/engine/resilience/breaker/breaker.ts';
import type { Decision } from '../../../../src/engine/resilience/decision.ts';
import type { CallFacts, Ending } from '../../../../src/engine/resilience/policy.ts';
import {
  type BreakerConfig,
  DEFAULT_RESILIENCE,
} from '../../../../src/engine/resilience/resilienceConfig.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { ask, callFacts, ending, granted } from '../../../support/policyCalls.ts';
import { stillRandom } from '../../../support/stillRandom.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const DEFAULTS = DEFAULT_RESILIENCE.breaker as BreakerConfig;

describe('circuit breaker', () => {
  let clock: ManualClock;
  let breaker: Breaker;
  let changes: BreakerChange[];

  beforeEach(() => build());

  function build(config: Partial<BreakerConfig> = {}, draw = 0): void {
    clock = new ManualClock({ elapsed: 5000 });
    breaker = new Breaker(
      { ...DEFAULTS, ...config },
      { clock, random: { ...stillRandom, next: () => draw } },
    );
    changes = [];
    breaker.onDidChange((change) => changes.push(change));
  }

  const begin = (facts: Partial<CallFacts> = {}) => ask(() => breaker.admit(callFacts(facts)));
  const call = (kind: Decision['kind'], facts: Partial<Ending> = {}) =>
    granted(begin()).settle(ending(kind, facts));
  const calls = (count: number, kind: Decision['kind'], facts: Partial<Ending> = {}) => {
    for (let made = 0; made < count; made += 1) call(kind, facts);
  };
  const state = () => breaker.health().state;
  const refusal = (facts: Partial<CallFacts> = {}) => {
    const asked = begin(facts).now;
    assert.equal(asked.state, 'rejected');
    return asked.state === 'rejected' ? asked.rejection : assert.fail();
  };

  describe('closed', () => {
    it('opens after five failures in a row, for a minute, and says why and until when', () => {
      calls(4, 'transient');
      assert.equal(state(), 'closed');
      call('overloaded');

      const now = clock.now();
      assert.deepEqual(breaker.health(), {
        state: 'open',
        since: now,
        until: now + MINUTE,
        reason: '5 failures in a row',
      });
      const { by, until, message } = refusal();
      assert.deepEqual([by, until], ['breaker', 5000 + MINUTE]);
      assert.equal(message, 'the circuit breaker is open after 5 failures in a row');
      assert.deepEqual(changes, [{ from: 'closed', to: 'open', reason: '5 failures in a row' }]);
    });

    it('counts failures in a row anew after a success', () => {
      for (let round = 0; round < 3; round += 1) {
        calls(8, 'done');
        calls(4, 'transient');
      }
      assert.equal(state(), 'closed');
    });

    it('opens where half of at least ten calls failed, whichever comes last', () => {
      for (let pair = 0; pair < 4; pair += 1) {
        call('transient');
        call('done');
      }
      call('transient');
      assert.equal(state(), 'closed', 'nine calls are too few');
      call('done');
      assert.deepEqual(changes, [{ from: 'closed', to: 'open', reason: '5 failures in 10 calls' }]);
    });

    it('looks at the last twenty calls only', () => {
      build({ failures: 1000 });
      calls(11, 'done');
      calls(9, 'transient');
      assert.equal(state(), 'closed', '9 of 20');
      call('transient');
      assert.equal(state(), 'open', 'the first success has left: 10 of 20');
    });

    it('looks at the time that is set, whatever the number of calls', () => {
      build({ failures: 1000, window: { kind: 'time', ms: 10_000 } });
      calls(100, 'done');
      clock.pass(9_999);
      calls(50, 'transient');
      assert.equal(state(), 'closed', '50 of 150');
      clock.pass(1);
      call('transient');
      assert.equal(state(), 'open', 'the successes have left');
      assert.equal(changes[0]?.reason, '51 failures in 51 calls');
    });

    it('opens where most successes are slow', () => {
      calls(2, 'done', { silentMs: MINUTE });
      calls(7, 'done', { silentMs: MINUTE + 1 });
      assert.equal(state(), 'closed');
      call('done', { silentMs: MINUTE + 1 });
      assert.deepEqual(changes, [{ from: 'closed', to: 'open', reason: '8 slow calls of 10' }]);
    });

    it('counts failures that were slow as both', () => {
      call('transient', { silentMs: MINUTE });
      call('transient', { silentMs: MINUTE + 1 });
      call('done', { silentMs: MINUTE + 1 });
      assert.deepEqual(breaker.calls(), { total: 3, failed: 2, slow: 2 });
    });

    for (const rule of [
      { failures: 0 },
      { failureRate: 0, minimumCalls: 0, failures: 1000 },
      { slowRate: 0, minimumCalls: 0, failures: 1000 },
    ])
      it(`opens at the first call that is not allowed: ${JSON.stringify(rule)}`, () => {
        build(rule);
        calls(100, 'done');
        assert.equal(state(), 'closed');
        call('slowRate' in rule ? 'done' : 'transient', { silentMs: MINUTE + 1 });
        assert.equal(state(), 'open');
      });

    it('takes an answer that streams for an hour for a quick one', () => {
      calls(100, 'done', { durationMs: HOUR, silentMs: 900 });
      assert.equal(state(), 'closed');
      assert.equal(breaker.calls().slow, 0);
    });

    for (const kind of ['caller', 'rejected', 'rate-limited'] as const)
      it(`is neither opened nor reset by calls that end as ${kind}`, () => {
        calls(4, 'transient');
        calls(500, kind, { silentMs: HOUR });
        assert.equal(state(), 'closed');
        assert.deepEqual(breaker.calls(), { total: 4, failed: 4, slow: 0 });
        call('transient');
        assert.equal(state(), 'open');
      });

    it('is opened by the first answer that the account has nothing left, and again by a probe that hears it', () => {
      calls(100, 'done');
      call('spent');
      assert.equal(state(), 'open');
      assert.equal(changes.at(-1)?.reason, 'a quota or credit was used up');

      clock.pass(MINUTE);
      call('spent');
      assert.equal(state(), 'open');
      assert.equal(changes.at(-1)?.reason, 'a quota or credit was used up');
    });

    it('does not add up failures that are hours apart', () => {
      for (let failure = 0; failure < 100; failure += 1) {
        call('transient');
        clock.pass(HOUR);
      }
      assert.equal(state(), 'closed');
      assert.equal(breaker.calls().total, 0);
    });

    it('does not add up failures that are hours apart by their share either', () => {
      build({ failures: 1000, minimumCalls: 2 });
      for (let failure = 0; failure < 100; failure += 1) {
        call('transient');
        clock.pass(HOUR);
      }
      assert.equal(state(), 'closed');
    });

    it('forgets what lies half an hour back, and not a moment earlier', () => {
      const HALF = HOUR / 2;
      for (let failure = 0; failure < 5; failure += 1) {
        call('transient');
        clock.pass(HALF);
      }
      assert.equal(state(), 'closed');
      for (let failure = 0; failure < 5; failure += 1) {
        call('transient');
        clock.pass(HALF - 1);
      }
      assert.equal(state(), 'half-open', 'it has opened');

      build({ failures: 1000, minimumCalls: 2 });
      call('transient');
      clock.pass(HALF);
      call('transient');
      assert.equal(state(), 'closed');
      clock.pass(HALF - 1);
      call('transient');
      assert.equal(state(), 'open');
    });

    it('adds up failures by time limits of an hour each, one after the other', () => {
      for (let failure = 0; failure < 5; failure += 1) {
        clock.pass(HOUR);
        call('transient', { durationMs: HOUR });
      }
      assert.equal(state(), 'open');
    });

    it('gives leave without timers and promises', () => {
      calls(1000, 'done');
      assert.equal(clock.timers, 0);
    });

    it('takes an ending once', () => {
      const permit = granted(begin());
      for (let again = 0; again < 10; again += 1) permit.settle(ending('transient'));
      assert.equal(state(), 'closed');
    });

    it('throws the reason of a signal that has ended', () => {
      const asked = begin({ signal: AbortSignal.abort('stopped') }).now;
      assert.deepEqual(asked, { state: 'failed', reason: 'stopped' });
    });
  });

  describe('open', () => {
    beforeEach(() => calls(5, 'transient'));

    it('lets no call through, and is half-open after its time', () => {
      clock.pass(MINUTE - 1);
      refusal();
      clock.pass(1);
      assert.equal(state(), 'half-open');
      granted(begin());
      assert.deepEqual(changes.at(-1), { from: 'open', to: 'half-open', reason: undefined });
    });

    it('does not hear what calls that began before have to say', () => {
      build();
      const late = [begin(), begin(), begin()].map(granted);
      calls(5, 'transient');
      late[0]?.settle(ending('done'));
      assert.equal(state(), 'open');
      clock.pass(MINUTE);
      granted(begin());
      late[1]?.settle(ending('done'));
      late[2]?.settle(ending('transient'));
      assert.equal(state(), 'half-open');
    });

    it('does not care where the machine’s clock is set', () => {
      clock.setWall(0);
      refusal();
      clock.setWall(clock.now() + 24 * HOUR);
      refusal();
      clock.pass(MINUTE);
      granted(begin());
    });

    it('stays open for longer with each failed probe, up to ten minutes, and is as before after a good while', () => {
      const times: number[] = [];
      for (let round = 0; round < 6; round += 1) {
        const health = breaker.health();
        const openMs = health.state === 'open' ? health.until - health.since : 0;
        times.push(openMs / MINUTE);
        clock.pass(openMs);
        call('transient');
      }
      assert.deepEqual(times, [1, 2, 4, 8, 10, 10]);

      clock.pass(10 * MINUTE);
      calls(3, 'done');
      calls(5, 'transient');
      assert.equal(openMinutes(), 10, 'it fails again at once');

      clock.pass(10 * MINUTE);
      calls(3, 'done');
      clock.pass(10 * MINUTE - 1);
      calls(5, 'transient');
      assert.equal(openMinutes(), 10, 'before a good while');

      clock.pass(10 * MINUTE);
      calls(3, 'done');
      clock.pass(10 * MINUTE);
      calls(5, 'transient');
      assert.equal(openMinutes(), 1, 'after it');
    });

    it('is shorter by up to a tenth by chance', () => {
      build({}, 0.999);
      calls(5, 'transient');
      clock.pass(0.9 * MINUTE);
      refusal();
      clock.pass(0.01 * MINUTE);
      granted(begin());
    });

    it('lets probes through at once where its time is 0', () => {
      build({ openMs: 0 });
      calls(5, 'transient');
      granted(begin());
    });

    const openMinutes = () => {
      const health = breaker.health();
      return health.state === 'open' ? (health.until - health.since) / MINUTE : 0;
    };
  });

  describe('half-open', () => {
    beforeEach(() => {
      calls(5, 'transient');
      clock.pass(MINUTE);
    });

    it('lets three probes through of a flood, and closes once all have succeeded', () => {
      const flood = Array.from({ length: 500 }, () => begin());
      const probes = flood.filter(({ now }) => now.state === 'granted');
      assert.equal(probes.length, 3);
      const { message, until } = refusal();
      assert.equal(message, 'the circuit breaker is half-open, and its probes are under way');
      assert.equal(until, undefined);

      for (const probe of probes.slice(0, 2)) granted(probe).settle(ending('done'));
      assert.deepEqual(breaker.health(), { state: 'half-open', since: clock.now(), probes: 1 });
      refusal();
      for (const probe of probes) granted(probe).settle(ending('done'));
      assert.equal(state(), 'closed');
      assert.deepEqual(
        changes.map(({ to }) => to),
        ['open', 'half-open', 'closed'],
      );
      assert.deepEqual(breaker.calls(), { total: 0, failed: 0, slow: 0 });
    });

    it('opens at once when a probe fails', () => {
      const probes = [begin(), begin(), begin()].map(granted);
      probes[0]?.settle(ending('done'));
      probes[1]?.settle(ending('overloaded'));
      assert.deepEqual(changes.at(-1), { from: 'half-open', to: 'open', reason: 'a failed probe' });
      refusal();
      probes[2]?.settle(ending('done'));
      assert.equal(state(), 'open');
    });

    it('opens where its probes were slow', () => {
      for (const silentMs of [MINUTE + 1, MINUTE + 1, MINUTE + 1]) call('done', { silentMs });
      assert.equal(changes.at(-1)?.reason, '3 slow probes of 3');
    });

    it('opens where just as many of its probes were slow as may not be', () => {
      build({ slowRate: 0.5, halfOpenCalls: 2 });
      calls(5, 'transient');
      clock.pass(MINUTE);
      call('done', { silentMs: MINUTE + 1 });
      call('done');
      assert.equal(changes.at(-1)?.reason, '1 slow probe of 2');
    });

    it('closes where one of its probes was slow', () => {
      for (const silentMs of [MINUTE + 1, 5, MINUTE + 1]) call('done', { silentMs });
      assert.equal(state(), 'closed');
    });

    for (const kind of ['caller', 'rejected', 'rate-limited'] as const)
      it(`gets the leave back from a probe that ends as ${kind}, and goes on without a verdict`, () => {
        for (let storm = 0; storm < 200; storm += 1) call(kind);
        assert.equal(state(), 'half-open');
        const probes = [begin(), begin(), begin()];
        refusal();
        granted(probes[0] ?? begin()).settle(ending(kind));
        granted(begin());
        refusal();
      });

    it('gives up a probe that hangs beyond its deadline, and opens again', () => {
      const hung = begin({ deadline: clock.monotonic() + 30_000 });
      clock.pass(31_000 - 1);
      assert.equal(state(), 'half-open');
      clock.pass(1);
      assert.equal(state(), 'open');
      assert.equal(refusal().until, clock.monotonic() + 2 * MINUTE);
      assert.equal(changes.at(-1)?.reason, 'a probe that did not end in time');

      granted(hung).settle(ending('done'));
      assert.equal(state(), 'open');
    });

    it('gives a probe without a deadline ten minutes', () => {
      begin();
      clock.pass(10 * MINUTE - 1);
      assert.equal(state(), 'half-open');
      clock.pass(1);
      assert.equal(state(), 'open');
    });

    it('is never stuck behind a probe that hangs for days', () => {
      begin();
      let through = 0;
      for (let minute = 0; minute < 6 * 24 * 60; minute += 1) {
        clock.pass(MINUTE);
        if (begin().now.state === 'granted') through += 1;
      }
      assert.ok(through > 500, `${through} calls got through`);
    });

    it('lets probes through one after the other', () => {
      calls(3, 'done');
      assert.equal(state(), 'closed');
    });

    it('never lets a probe through where none is allowed', () => {
      build({ halfOpenCalls: 0 });
      calls(5, 'transient');
      clock.pass(24 * HOUR);
      refusal();
      breaker.reset();
      granted(begin());
    });
  });

  describe('calls that wait', () => {
    const waiting = (facts: Partial<CallFacts> = {}) => begin({ waits: true, ...facts });
    const states = (asked: ReturnType<typeof begin>[]) => asked.map(({ now }) => now.state);

    beforeEach(() => calls(5, 'transient'));

    it('get through in turns once probes have succeeded, and never more of them than probes before', async () => {
      const asked = ['a', 'a', 'a', 'a', 'b', 'c'].map((caller) => waiting({ caller }));
      await clock.advance(MINUTE - 1);
      assert.deepEqual(states(asked), Array(6).fill('waiting'));

      await clock.advance(1);
      const [granted1, wait] = ['granted', 'waiting'];
      assert.deepEqual(states(asked), [granted1, wait, wait, wait, granted1, granted1]);
      for (const at of [0, 4, 5]) granted(asked[at] ?? begin()).settle(ending('done'));
      await settled();
      assert.deepEqual(states(asked), Array(6).fill('granted'));
      assert.equal(clock.timers, 0);
    });

    it('are rejected at once where they could not wait for long enough', () => {
      const { until } = refusal({ waits: true, deadline: clock.monotonic() + MINUTE });
      assert.equal(until, clock.monotonic() + MINUTE);
    });

    it('are rejected as soon as it is clear that it stays open beyond their deadline', async () => {
      const patient = waiting({ deadline: clock.monotonic() + 10 * MINUTE });
      const asked = Array.from({ length: 4 }, () => waiting({ deadline: clock.monotonic() + 2 * MINUTE }));
      await clock.advance(MINUTE);
      granted(patient).settle(ending('transient'));
      await settled();
      const last = asked.at(-1)?.now;
      assert.equal(last?.state, 'rejected');
      assert.equal(last?.state === 'rejected' && last.rejection.until, clock.monotonic() + 2 * MINUTE);
    });

    it('are rejected at their deadline while probes are under way', async () => {
      await clock.advance(MINUTE);
      const probes = [begin(), begin(), begin()];
      const late = waiting({ deadline: clock.monotonic() + 500 });
      await clock.advance(499);
      assert.equal(late.now.state, 'waiting');
      await clock.advance(1);
      assert.equal(late.now.state, 'rejected');
      assert.equal(states(probes).join(), 'granted,granted,granted');
    });

    it('take the place of a probe that is given back, however it is', async () => {
      await clock.advance(MINUTE);
      const probes = [begin(), begin(), begin({ deadline: clock.monotonic() + 5000 })];
      const asked = [waiting(), waiting()];
      granted(probes[0] ?? begin()).settle(ending('caller'));
      await settled();
      assert.deepEqual(states(asked), ['granted', 'waiting']);

      await clock.advance(6000);
      assert.equal(state(), 'open', 'the third probe hung');
      await clock.advance(2 * MINUTE);
      assert.deepEqual(states(asked), ['granted', 'granted']);
    });

    it('get through alone', async () => {
      const alone = waiting();
      assert.equal(clock.timers, 1);
      await clock.advance(MINUTE);
      assert.equal(alone.now.state, 'granted');
      assert.equal(clock.timers, 0);
    });

    it('take their timer along', async () => {
      const stop = new AbortController();
      waiting({ signal: stop.signal });
      stop.abort('enough');
      assert.equal(clock.timers, 0);
    });

    it('leave nothing behind when they are stopped', async () => {
      const stop = new AbortController();
      const stopped = waiting({ signal: stop.signal });
      const other = waiting();
      stop.abort('enough');
      await settled();
      assert.deepEqual(stopped.now, { state: 'failed', reason: 'enough' });
      await clock.advance(MINUTE);
      assert.equal(other.now.state, 'granted');
      assert.equal(clock.timers, 0);
    });

    it('come before calls that ask later', async () => {
      const first = waiting();
      clock.pass(MINUTE);
      granted(begin());
      await settled();
      assert.equal(first.now.state, 'granted');
    });

    it('get through when it is closed by hand, and are rejected when it is isolated', async () => {
      const asked = Array.from({ length: 10 }, () => waiting());
      breaker.reset();
      await settled();
      assert.deepEqual(states(asked), Array(10).fill('granted'));

      calls(5, 'transient');
      const others = Array.from({ length: 10 }, () => waiting());
      breaker.isolate();
      await settled();
      assert.deepEqual(states(others), Array(10).fill('rejected'));
      assert.equal(clock.timers, 0);
    });
  });

  describe('by hand', () => {
    it('isolates until it is reset, whatever happens', () => {
      const running = granted(begin());
      breaker.isolate();
      breaker.isolate();
      const { message, until } = refusal({ waits: true });
      assert.equal(message, 'the circuit breaker is isolated by hand');
      assert.equal(until, undefined);
      running.settle(ending('done'));
      const since = clock.now();
      clock.pass(24 * HOUR);
      refusal();
      assert.deepEqual(breaker.health(), { state: 'isolated', since });

      breaker.reset();
      assert.equal(state(), 'closed');
      assert.deepEqual(
        changes.map(({ to }) => to),
        ['isolated', 'closed'],
      );
    });

    it('forgets what was when it is reset', () => {
      calls(4, 'transient');
      const late = granted(begin());
      breaker.reset();
      late.settle(ending('transient'));
      calls(4, 'transient');
      assert.equal(state(), 'closed');
    });

    it('goes on where a listener throws, tells the others, and says so in the log', () => {
      clock = new ManualClock();
      const lines: string[] = [];
      const log = { write: (_: string, line: string) => lines.push(line) };
      breaker = new Breaker(DEFAULTS, { clock, random: stillRandom, log });
      let told = 0;
      breaker.onDidChange(() => {
        throw new Error('no');
      });
      const stop = breaker.onDidChange(() => {
        told += 1;
      });
      calls(5, 'transient');
      assert.deepEqual([state(), told], ['open', 1]);
      assert.deepEqual(lines, ['a listener of a circuit breaker failed: Error: no']);
      stop();
      breaker.reset();
      assert.equal(told, 1);
    });
  });
});
