import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { BudgetLedger, PoolLimits } from '../../src/engine/resilience/budget/hourlyLedger.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The beginning of a minute. */
const START = 30_000_000 * MINUTE;

/** What every ledger of budgets must do. */
export function describeLedger(name: string, open: () => { ledger: BudgetLedger; close(): void }): void {
  describe(`budget ledger: ${name}`, () => {
    let ledger: BudgetLedger;
    let close: () => void;

    beforeEach(() => {
      ({ ledger, close } = open());
    });

    afterEach(() => close());

    const TOKENS: PoolLimits = { tokensPerHour: 1000 };
    const USD: PoolLimits = { costPerHourUsd: 1 };

    const reserve = (
      tokens: number,
      costUsd: number | null,
      limits: PoolLimits,
      now = START,
      pool = 'judge',
    ) => ledger.reserve(pool, { tokens, costUsd }, limits, now, now + 10 * MINUTE);
    const granted = (...given: Parameters<typeof reserve>) => {
      const decision = reserve(...given);
      return decision.granted ? decision.reservation : assert.fail(JSON.stringify(decision));
    };
    const refused = (...given: Parameters<typeof reserve>) => {
      const decision = reserve(...given);
      return decision.granted ? assert.fail('granted') : decision.refusal;
    };
    const tokens = (now: number, pool = 'judge') => ledger.used(pool, now).tokens;

    it('reserves before a call, and settles by what was used', () => {
      const first = granted(600, 0.4, TOKENS);
      assert.deepEqual(ledger.used('judge', START), {
        tokens: { used: 0, reserved: 600 },
        costUsd: { used: 0, reserved: 0.4 },
      });
      refused(401, 0, TOKENS);
      const second = granted(400, 0, TOKENS);
      refused(1, 0, TOKENS);

      ledger.settle(first, { tokens: 150, costUsd: 0.1 }, START);
      assert.deepEqual(ledger.used('judge', START), {
        tokens: { used: 150, reserved: 400 },
        costUsd: { used: 0.1, reserved: 0 },
      });
      ledger.settle(second, { tokens: 0, costUsd: 0 }, START);
      granted(850, 0, TOKENS);
    });

    it('counts tokens of calls whose price is unknown', () => {
      const reservation = granted(100, null, TOKENS);
      assert.equal(ledger.used('judge', START).costUsd.reserved, 0);
      ledger.settle(reservation, { tokens: 80, costUsd: null }, START);
      assert.deepEqual(ledger.used('judge', START), {
        tokens: { used: 80, reserved: 0 },
        costUsd: { used: 0, reserved: 0 },
      });
    });

    it('lets no call through that is not known to use anything where nothing is left', () => {
      granted(999, 0, TOKENS);
      granted(0, 0, TOKENS);
      granted(1, 0, TOKENS);
      refused(0, 0, TOKENS);
    });

    it('settles a reservation once', () => {
      const reservation = granted(100, 0, TOKENS);
      for (let again = 0; again < 3; again += 1)
        ledger.settle(reservation, { tokens: 90, costUsd: 0 }, START);
      assert.deepEqual(tokens(START), { used: 90, reserved: 0 });
    });

    for (const [what, measure] of Object.entries({ null: null, NaN: Number.NaN, '-5': -5, Infinity }))
      it(`counts what was reserved where ${what} was measured`, () => {
        ledger.settle(granted(100, 0.5, TOKENS), { tokens: measure, costUsd: measure }, START);
        assert.deepEqual(ledger.used('judge', START), {
          tokens: { used: 100, reserved: 0 },
          costUsd: { used: 0.5, reserved: 0 },
        });
      });

    it('may be exceeded by what was under way, and then refuses', () => {
      const reservation = granted(1000, 0, TOKENS);
      ledger.settle(reservation, { tokens: 1700, costUsd: 0 }, START);
      assert.deepEqual(tokens(START), { used: 1700, reserved: 0 });
      refused(1, 0, TOKENS);
    });

    it('frees what was used an hour after its minute, and says when', () => {
      const at = [START + 30_000, START + 5 * MINUTE, START + 9 * MINUTE];
      for (const now of at) ledger.settle(granted(300, 0, TOKENS, now), { tokens: 300, costUsd: 0 }, now);
      const now = START + 10 * MINUTE;
      granted(100, 0, TOKENS, now);

      const freed = (minute: number) => START + (minute + 1) * MINUTE + HOUR;
      const spent = { kind: 'spent', limit: 'tokensPerHour' };
      assert.deepEqual(refused(1, 0, TOKENS, now), { ...spent, until: freed(0), mayFit: true });
      assert.deepEqual(refused(300, 0, TOKENS, now), { ...spent, until: freed(0), mayFit: false });
      assert.deepEqual(refused(301, 0, TOKENS, now), { ...spent, until: freed(5), mayFit: false });
      assert.deepEqual(refused(1000, 0, TOKENS, now), { ...spent, until: freed(10), mayFit: false });
      refused(300, 0, TOKENS, freed(0) - 1);
      granted(300, 0, TOKENS, freed(0));
    });

    it('never lets more than the limit through in any hour, to the minute', () => {
      const spent: { at: number; tokens: number }[] = [];
      for (let now = START; now < START + 5 * HOUR; now += 17_000) {
        const decision = reserve(70, 0, TOKENS, now);
        if (!decision.granted) continue;
        ledger.settle(decision.reservation, { tokens: 70, costUsd: 0 }, now);
        spent.push({ at: now, tokens: 70 });
      }
      for (const { at } of spent) {
        const within = spent.filter((call) => call.at >= at && call.at <= at + HOUR);
        assert.ok(within.reduce((sum, call) => sum + call.tokens, 0) <= 1000);
      }
      assert.ok(spent.length >= 14 * 4, 'and uses what there is');
    });

    it('keeps a limit in dollars, and refuses what has no price, but not what is free', () => {
      assert.deepEqual(refused(10, null, USD), { kind: 'unpriced' });
      granted(10, 0.7, USD);
      refused(10, 0.31, USD);
      granted(10, 0.3, USD);
      refused(10, 0.0001, USD);
      granted(10, 0, USD);
      granted(10, null, {});
    });

    it('adds up many small amounts to the limit, not short of it', () => {
      for (let call = 0; call < 10; call += 1)
        ledger.settle(granted(1, 0.1, USD), { tokens: 1, costUsd: 0.1 }, START);
      refused(1, 0.1, USD);
    });

    it('refuses what is more than the limit allows, without a time', () => {
      assert.deepEqual(refused(1001, 0, TOKENS), { kind: 'too large', limit: 'tokensPerHour' });
      assert.deepEqual(refused(1, 1.01, USD), { kind: 'too large', limit: 'costPerHourUsd' });
      assert.deepEqual(refused(1, 1.01, { ...TOKENS, ...USD }), {
        kind: 'too large',
        limit: 'costPerHourUsd',
      });
    });

    it('knows a limit of 0 from none', () => {
      assert.deepEqual(refused(0, 0, { tokensPerHour: 0 }), { kind: 'too large', limit: 'tokensPerHour' });
      assert.deepEqual(refused(9, 0.1, { costPerHourUsd: 0 }), {
        kind: 'too large',
        limit: 'costPerHourUsd',
      });
      granted(9, 0, { costPerHourUsd: 0 });
      granted(1e9, 1e9, {});
    });

    it('is as strict as the stricter limit, and waits for the later', () => {
      const both = { ...TOKENS, ...USD };
      ledger.settle(granted(900, 0.1, both), { tokens: 900, costUsd: 0.1 }, START);
      const later = START + 5 * MINUTE;
      ledger.settle(granted(50, 0.8, both, later), { tokens: 50, costUsd: 0.8 }, later);
      assert.deepEqual(refused(60, 0.5, both, later), {
        kind: 'spent',
        limit: 'costPerHourUsd',
        until: START + 6 * MINUTE + HOUR,
        mayFit: false,
      });
      assert.deepEqual(refused(60, 0.01, both, later), {
        kind: 'spent',
        limit: 'tokensPerHour',
        until: START + MINUTE + HOUR,
        mayFit: false,
      });
    });

    it('never takes an amount below 0 for one', () => {
      ledger.settle(granted(500, 0.5, TOKENS), { tokens: 500, costUsd: 0.5 }, START);
      granted(-400, -0.4, TOKENS);
      assert.deepEqual(ledger.used('judge', START), {
        tokens: { used: 500, reserved: 0 },
        costUsd: { used: 0.5, reserved: 0 },
      });
      assert.equal(reserve(Number.NaN, 0, TOKENS).granted, false);
      assert.equal(reserve(1, Number.NaN, USD).granted, false);
    });

    it('counts a call that must have ended as used, from when it must have', () => {
      const reservation = granted(600, 0, TOKENS);
      const over = START + 10 * MINUTE;
      assert.deepEqual(tokens(over - 1), { used: 0, reserved: 600 });
      assert.deepEqual(tokens(over), { used: 600, reserved: 0 });
      assert.deepEqual(refused(600, 0, TOKENS, over), {
        kind: 'spent',
        limit: 'tokensPerHour',
        until: over + MINUTE + HOUR,
        mayFit: false,
      });
      ledger.settle(reservation, { tokens: 1, costUsd: 0 }, over);
      assert.deepEqual(tokens(over), { used: 600, reserved: 0 }, 'and no longer listens to it');
      granted(600, 0, TOKENS, over + MINUTE + HOUR);
    });

    it('counts a call that must have ended as used, also where nobody has looked since', () => {
      const [late, other] = [granted(600, 0, TOKENS), granted(200, 0, TOKENS)];
      ledger.settle(late, { tokens: 1, costUsd: 0 }, START + 10 * MINUTE);
      ledger.correct('judge', { tokens: -700 }, START + 10 * MINUTE);
      assert.deepEqual(tokens(START + 10 * MINUTE), { used: 100, reserved: 0 });
      ledger.settle(other, { tokens: 1, costUsd: 0 }, START + 10 * MINUTE);
      assert.deepEqual(tokens(START + 10 * MINUTE), { used: 100, reserved: 0 });
    });

    it('corrects what a call used that must have ended, also where nobody has looked since', () => {
      granted(600, 0, TOKENS);
      ledger.correct('judge', { tokens: -500 }, START + 10 * MINUTE);
      assert.deepEqual(tokens(START + 10 * MINUTE), { used: 100, reserved: 0 });
    });

    it('forgets calls that must have ended long ago', () => {
      granted(600, 0, TOKENS);
      const over = START + 10 * MINUTE;
      assert.deepEqual(tokens(over + MINUTE + HOUR - 1), { used: 600, reserved: 0 });
      assert.deepEqual(tokens(over + MINUTE + HOUR), { used: 0, reserved: 0 });
      assert.deepEqual(tokens(START + 3 * HOUR), { used: 0, reserved: 0 });
      granted(1000, 0, TOKENS, START + 3 * HOUR);
    });

    it('is corrected, in both directions, and never below 0', () => {
      ledger.settle(granted(10, 0.5, USD), { tokens: 10, costUsd: 5000 }, START);
      refused(1, 0.01, USD);
      ledger.correct('judge', { costUsd: -4999.5 }, START + MINUTE);
      assert.equal(ledger.used('judge', START + MINUTE).costUsd.used, 0.5);
      assert.equal(tokens(START + MINUTE).used, 10);
      granted(1, 0.5, USD, START + MINUTE);

      ledger.correct('judge', { tokens: 90 }, START + MINUTE);
      assert.equal(tokens(START + MINUTE).used, 100);
      assert.equal(ledger.used('judge', START + MINUTE).costUsd.used, 0.5);
      ledger.correct('judge', { tokens: -1e9, costUsd: -1e9 }, START + MINUTE);
      assert.deepEqual(
        [tokens(START + MINUTE).used, ledger.used('judge', START + MINUTE).costUsd.used],
        [0, 0],
      );
    });

    it('takes a correction from the oldest, so that nothing leaves too early', () => {
      for (const [minute, used] of [
        [0, 100],
        [10, 500],
      ] as const) {
        const now = START + minute * MINUTE;
        ledger.settle(granted(used, 0, TOKENS, now), { tokens: used, costUsd: 0 }, now);
      }
      ledger.correct('judge', { tokens: -300 }, START + 10 * MINUTE);
      assert.equal(tokens(START + 10 * MINUTE).used, 300);
      ledger.correct('judge', {}, START + 10 * MINUTE);
      assert.equal(tokens(START + 10 * MINUTE).used, 300);
      assert.equal(tokens(START + 5 * MINUTE + HOUR).used, 300);
      assert.equal(tokens(START + 11 * MINUTE + HOUR).used, 0);
    });

    it('takes a correction in dollars from as many minutes as it needs, and no more', () => {
      for (const minute of [0, 1, 2]) {
        const now = START + minute * MINUTE;
        ledger.settle(granted(10, 0.25, USD, now), { tokens: 10, costUsd: 0.25 }, now);
      }
      ledger.correct('judge', { costUsd: -0.375 }, START + 2 * MINUTE);
      const { costUsd, tokens: used } = ledger.used('judge', START + 2 * MINUTE);
      assert.deepEqual([costUsd.used, used.used], [0.375, 30]);
      assert.equal(
        ledger.used('judge', START + MINUTE + HOUR).costUsd.used,
        0.375,
        'the first has nothing left',
      );
      assert.equal(ledger.used('judge', START + 2 * MINUTE + HOUR).costUsd.used, 0.25);
    });

    it('keeps pools apart', () => {
      granted(1000, 0, TOKENS);
      granted(1000, 0, TOKENS, START, 'target');
      ledger.correct('target', { tokens: 5 }, START);
      assert.deepEqual(tokens(START), { used: 0, reserved: 1000 });
      assert.deepEqual(tokens(START, 'target'), { used: 5, reserved: 1000 });
      assert.deepEqual(tokens(START, 'none'), { used: 0, reserved: 0 });
    });

    for (const [ahead, leavesAfter] of [
      [1, 2],
      [2, 1],
    ] as const)
      it(`takes what lies ${ahead} min ahead, as clocks of several processes may, for what it is`, () => {
        const future = START + ahead * MINUTE;
        ledger.settle(granted(1000, 0, TOKENS, future), { tokens: 1000, costUsd: 0 }, future);
        const refusal = refused(1, 0, TOKENS, START);
        assert.equal(refusal.kind === 'spent' && refusal.until, START + leavesAfter * MINUTE + HOUR);
      });

    it('goes on within an hour where the clock is set back by years', () => {
      const future = START + 5 * 365 * 24 * HOUR;
      ledger.settle(granted(1000, 0, TOKENS, future), { tokens: 1000, costUsd: 0 }, future);
      const refusal = refused(1, 0, TOKENS, START);
      assert.equal(refusal.kind === 'spent' && refusal.until, START + MINUTE + HOUR);
      granted(1000, 0, TOKENS, START + MINUTE + HOUR);
    });
  });
}
