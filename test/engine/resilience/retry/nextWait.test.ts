import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Decision } from '../../../../src/engine/resilience/decision.ts';
import { nextWait, type RetryFacts } from '../../../../src/engine/resilience/retry/nextWait.ts';
import { ending } from '../../../support/policyCalls.ts';

const NOW = 10_000;
const facts = (given: Partial<RetryFacts> = {}): RetryFacts => ({
  config: { attempts: 4, baseMs: 500, maxMs: 20_000 },
  now: NOW,
  deadline: NOW + 60_000,
  chance: 0.5,
  tokens: 100,
  handedOn: false,
  probe: false,
  named: 0,
  ...given,
});
const limited = (inMs?: number): Decision => ({
  kind: 'rate-limited',
  until: inMs === undefined ? undefined : NOW + inMs,
});

describe('the wait before the next attempt', () => {
  it('is drawn from 0 to a limit that doubles with each attempt, up to its maximum', () => {
    const config = { attempts: 100, baseMs: 500, maxMs: 20_000 };
    const waits = [1, 2, 6, 7, 50].map((made) =>
      [0, 0.5, 0.999].map((chance) => nextWait(made, ending('transient'), facts({ config, chance }))),
    );
    assert.deepEqual(
      waits,
      [500, 1000, 16_000, 20_000, 20_000].map((limit) =>
        [0, 0.5, 0.999].map((chance) => ({ waitMs: chance * limit })),
      ),
    );
  });

  for (const [what, decision, waitMs] of [
    ['a wait of 0, which is a wait', limited(0), 0],
    ['a time that has passed', limited(-5000), 0],
    ['a wait of an overloaded provider', { kind: 'overloaded', until: NOW + 3000 }, 3000],
  ] as const)
    it(`is what the provider asks for: ${what}`, () => {
      assert.deepEqual(nextWait(1, ending(decision), facts()), { waitMs });
    });

  for (const [what, decision, waitMs] of [
    ['a wait', limited(7000), 7000],
    ['exactly a minute', limited(59_999), 59_999],
    ['the shortest wait', limited(0.001), 0.001],
  ] as const)
    it(`uses up no attempt where the provider wants fewer calls and says when to come back: ${what}`, () => {
      for (const made of [0, 1, 4, 400]) {
        const { waitMs: actual, ...rest } = nextWait(made, ending(decision), facts()) as { waitMs: number };
        assert.deepEqual(rest, { named: true });
        assert.ok(Math.abs(actual - waitMs) < 1e-6);
      }
      assert.ok(
        'named' in nextWait(0, ending(decision), facts({ probe: true })),
        'nor is it the end of a probe',
      );
    });

  it('uses up an attempt again where the provider has put the call off 20 times', () => {
    assert.deepEqual(nextWait(1, ending(limited(5)), facts({ named: 19 })), { waitMs: 5, named: true });
    assert.deepEqual(nextWait(1, ending(limited(5)), facts({ named: 20 })), { waitMs: 5 });
    assert.deepEqual(nextWait(4, ending(limited(5)), facts({ named: 20 })), {
      stop: 'attempts',
      until: NOW + 5,
    });
  });

  it('uses up an attempt where nothing is to be repeated, where no wait is named, and where the provider is overloaded', () => {
    const once = { attempts: 1, baseMs: 500, maxMs: 20_000 };
    const last = (decision: Decision, more: Partial<RetryFacts> = {}) =>
      nextWait(4, ending(decision), facts(more));
    for (const config of [once, null])
      assert.deepEqual(nextWait(1, ending(limited(5)), facts({ config })), {
        stop: 'attempts',
        until: NOW + 5,
      });
    assert.deepEqual(last(limited()), { stop: 'attempts', until: undefined });
    assert.deepEqual(last(limited(0)), { stop: 'attempts', until: NOW });
    assert.deepEqual(last({ kind: 'overloaded', until: NOW + 5 }), { stop: 'attempts', until: NOW + 5 });
  });

  it('is over at once where the clock is at 0, as the time to ask again is', () => {
    const first = ending({ kind: 'rate-limited', until: 0 });
    assert.deepEqual(nextWait(1, first, facts({ now: 0 })), { waitMs: 0 });
  });

  it('is until the last of the limits that are used up resets, where the provider names no wait', () => {
    const limit = (remaining: number, inMs: number) => ({ remaining, resetAt: NOW + inMs, limit: 1000 });
    const allowance = { requests: limit(0, 1000), tokens: limit(0, 6000) };
    assert.deepEqual(nextWait(1, ending(limited(), { allowance }), facts()), { waitMs: 6000, named: true });
    assert.deepEqual(nextWait(1, ending(limited(10), { allowance }), facts()), { waitMs: 10, named: true });
  });

  for (const deadline of [NOW + 600_000, NOW + 599_999])
    it(`is not begun where it would end at the deadline or after it, which says when to ask again (${deadline})`, () => {
      assert.deepEqual(nextWait(1, ending(limited(600_000)), facts({ deadline })), {
        stop: 'deadline',
        until: NOW + 600_000,
      });
    });

  it('is not begun at an attempt too many', () => {
    assert.deepEqual(nextWait(4, ending('transient'), facts()), { stop: 'attempts', until: undefined });
  });

  it('is the same for one attempt and for none repeated', () => {
    const once = { attempts: 1, baseMs: 500, maxMs: 20_000 };
    for (const config of [once, null])
      assert.deepEqual(nextWait(1, ending('transient'), facts({ config })), {
        stop: 'attempts',
        until: undefined,
      });
  });

  for (const kind of ['done', 'caller', 'rejected'] as const)
    it(`is not begun where nothing else would come of it: ${kind}`, () => {
      assert.deepEqual(nextWait(1, ending(kind), facts()), { stop: 'final', until: undefined });
    });

  it('is not begun once a part of the answer was handed on', () => {
    assert.deepEqual(nextWait(1, ending('transient'), facts({ handedOn: true })), {
      stop: 'handed-on',
      until: undefined,
    });
  });

  it('is not begun for a probe of the breaker', () => {
    assert.deepEqual(nextWait(1, ending('transient'), facts({ probe: true })), {
      stop: 'probe',
      until: undefined,
    });
  });

  it('never ends at the deadline or later, nor is it below 0', () => {
    const decisions = fc.oneof(
      fc.constant<Decision>({ kind: 'transient' }),
      fc.option(fc.double({ min: -1e7, max: 1e12, noNaN: true }), { nil: undefined }).map(limited),
    );
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        decisions,
        chances,
        fc.nat(100_000),
        fc.integer({ min: 1, max: 5 }),
        (decision, chance, leftMs, made) => {
          const next = nextWait(made, ending(decision), facts({ chance, deadline: NOW + leftMs }));
          assert.ok('stop' in next || (next.waitMs >= 0 && next.waitMs < leftMs));
        },
      ),
    );
  });
});
