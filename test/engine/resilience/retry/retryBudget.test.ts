import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { DEFAULT_RESILIENCE } from '../../../../src/engine/resilience/resilienceConfig.ts';
import { Retry } from '../../../../src/engine/resilience/retry/retry.ts';
import { RetryBudget } from '../../../../src/engine/resilience/retry/retryBudget.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { callFacts, ending } from '../../../support/policyCalls.ts';

/** How many retries are left at a time. */
function left(budget: RetryBudget, now: number): number {
  let count = 0;
  while (budget.take(now)) count++;
  return count;
}

describe('the retry budget', () => {
  it('lets the first calls of a run be repeated', () => {
    assert.equal(left(new RetryBudget(0.1), 0), 20);
  });

  it('is a share of the calls, and a few more', () => {
    const budget = new RetryBudget(0.1);
    for (let call = 0; call < 1000; call++) budget.earned(call);
    assert.equal(left(budget, 1000), 120);
    assert.equal(budget.share(1000), 0);
  });

  it('counts calls and retries of the last two minutes', () => {
    const budget = new RetryBudget(0.1);
    for (let call = 0; call < 1000; call++) budget.earned(0);
    assert.equal(left(budget, 5000), 120);
    assert.equal(left(budget, 60_000), 0);
    assert.equal(left(budget, 130_000), 20, 'both are forgotten');
    assert.equal(left(budget, 500_000_000), 20, 'also after days');
  });

  it('forgets in slots of ten seconds, the oldest after a hundred and ten at the earliest', () => {
    for (const [after, kept] of [
      [119_999, 120],
      [120_000, 20],
    ] as const) {
      const budget = new RetryBudget(0.1);
      for (let call = 0; call < 1000; call++) budget.earned(0);
      assert.equal(left(budget, after), kept, String(after));
    }
    const budget = new RetryBudget(0.1);
    for (let call = 0; call < 1000; call++) budget.earned(9999);
    assert.equal(left(budget, 120_000), 20);
    assert.equal(budget.share(0), 0, 'what is used up is not less than nothing');
  });

  it('of 0 allows none, as no share of nothing does', () => {
    const budget = new RetryBudget(0);
    budget.earned(0);
    assert.equal(budget.take(0), false);
    assert.equal(budget.share(0), 0);
  });

  it('says which part of it is left', () => {
    const budget = new RetryBudget(0.1);
    assert.equal(budget.share(0), 1);
    for (let retry = 0; retry < 5; retry++) budget.take(0);
    assert.equal(budget.share(0), 0.75);
  });

  it('never allows more retries in two minutes than its share of their calls and its floor', () => {
    const step = fc.record({ afterMs: fc.nat(20_000), calls: fc.nat(50), retries: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new RetryBudget(0.1);
        const calls: number[] = [];
        const retries: number[] = [];
        let now = 0;
        for (const { afterMs, calls: made, retries: wanted } of steps) {
          now += afterMs;
          for (let call = 0; call < made; call++) {
            budget.earned(now);
            calls.push(now);
          }
          for (let retry = 0; retry < wanted; retry++) if (budget.take(now)) retries.push(now);

          // A slot of ten seconds may leave the window up to ten seconds early.
          const recent = (times: number[], forMs: number) =>
            times.filter((time) => time > now - forMs).length;
          assert.ok(recent(retries, 110_000) <= 20 + 0.1 * recent(calls, 120_000));
        }
      }),
    );
  });
});

describe('retries of a provider', () => {
  const build = (budget = new RetryBudget(0.1)) =>
    new Retry({
      config: { ...DEFAULT_RESILIENCE.retry, attempts: 4, baseMs: 500, maxMs: 20_000, budget: 0.1 },
      budget,
      clock: new ManualClock(),
      random: { next: () => 0.5 },
    });
  const first = { handedOn: false, probe: false };

  it('multiply an outage by little more than one', () => {
    const retry = build();
    let attempts = 0;
    for (let call = 0; call < 10_000; call++) {
      retry.begun();
      for (let made = 1; ; made++) {
        attempts++;
        if ('stop' in retry.next(made, ending('transient'), callFacts(), first)) break;
      }
    }
    assert.ok(attempts <= 10_000 * 1.1 + 20, String(attempts));
    assert.ok(attempts >= 10_000 * 1.1);
  });

  it('take nothing from the budget for what is refused as too many, nor for what is not repeated', () => {
    const budget = new RetryBudget(0.1);
    const retry = build(budget);
    for (let call = 0; call < 100; call++) {
      assert.deepEqual(retry.next(1, ending('rate-limited'), callFacts(), first), { waitMs: 250 });
      retry.next(4, ending('transient'), callFacts(), first);
      retry.next(1, ending('transient'), callFacts(), { handedOn: true, probe: false });
      retry.next(1, ending('transient'), callFacts(), { handedOn: false, probe: true });
      retry.next(1, ending('caller'), callFacts(), first);
    }
    assert.equal(budget.share(0), 1);
  });

  it('end when the budget is used up', () => {
    const retry = build(new RetryBudget(0));
    assert.deepEqual(retry.next(1, ending({ kind: 'overloaded', until: 2000 }), callFacts(), first), {
      stop: 'budget',
      until: 2000,
    });
  });
});
