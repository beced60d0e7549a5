import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type {
  BudgetLedger,
  PoolLimits,
  Reservation,
} from '../../../../src/engine/resilience/budget/hourlyLedger.ts';
import { memoryLedger } from '../../../../src/engine/resilience/budget/memoryLedger.ts';
import { PoolBudget } from '../../../../src/engine/resilience/budget/poolBudget.ts';
import { PoolLedger } from '../../../../src/engine/store/tables/poolLedger.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { type Asked, ask, callFacts, ending } from '../../../support/policyCalls.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 30_000_000 * MINUTE;

interface Amount {
  tokens: number;
  cents: number;
}

interface ReservedCall extends Amount {
  reservation: Reservation;
  pool: string;
  state: 'reserved' | 'over';
}

/** All that was ever used, one entry for each call; whole numbers of cents, so that sums are exact. */
interface Model {
  now: number;
  calls: ReservedCall[];
  used: (Amount & { pool: string; at: number })[];
}

type Command = fc.Command<Model, BudgetLedger>;

const leavesAt = (at: number) => Math.floor(at / MINUTE) * MINUTE + MINUTE + HOUR;

function bring(model: Model): void {
  for (const call of model.calls)
    if (call.state === 'reserved' && call.reservation.expiresAt <= model.now) {
      call.state = 'over';
      model.used.push({ ...call, at: call.reservation.expiresAt });
    }
}

function use(model: Model, pool: string): { used: Amount; reserved: Amount } {
  bring(model);
  const sum = (amounts: Amount[]) =>
    amounts.reduce(
      (total, { tokens, cents }) => ({ tokens: total.tokens + tokens, cents: total.cents + cents }),
      {
        tokens: 0,
        cents: 0,
      },
    );
  return {
    used: sum(model.used.filter((one) => one.pool === pool && leavesAt(one.at) > model.now)),
    reserved: sum(model.calls.filter((one) => one.pool === pool && one.state === 'reserved')),
  };
}

function check(model: Model, ledger: BudgetLedger): void {
  for (const pool of ['a', 'b']) {
    const { used, reserved } = use(model, pool);
    const seen = ledger.used(pool, model.now);
    assert.deepEqual(
      {
        tokens: seen.tokens,
        cents: [seen.costUsd.used, seen.costUsd.reserved].map((usd) => Math.round(usd * 100)),
      },
      { tokens: { used: used.tokens, reserved: reserved.tokens }, cents: [used.cents, reserved.cents] },
    );
  }
}

const reserve = (pool: string, amount: Amount, limits: PoolLimits, lastsMs: number): Command => ({
  check: () => true,
  toString: () => `reserve(${pool}, ${JSON.stringify(amount)}, ${JSON.stringify(limits)}, ${lastsMs})`,
  run: (model, ledger) => {
    const { used, reserved } = use(model, pool);
    const { tokensPerHour = Infinity, costPerHourUsd = Infinity } = limits;
    const cents = Math.round(costPerHourUsd * 100);
    const fits = (held: Amount) =>
      held.tokens + Math.max(amount.tokens, 1e-9) <= tokensPerHour &&
      (amount.cents === 0 || held.cents + amount.cents <= cents);
    const held = { tokens: used.tokens + reserved.tokens, cents: used.cents + reserved.cents };

    const { now } = model;
    const costUsd = amount.cents / 100;
    const decision = ledger.reserve(pool, { tokens: amount.tokens, costUsd }, limits, now, now + lastsMs);
    assert.equal(decision.granted, fits(held));
    if (decision.granted) {
      model.calls.push({ ...amount, pool, reservation: decision.reservation, state: 'reserved' });
    } else if (decision.refusal.kind === 'spent') {
      const { until, mayFit } = decision.refusal;
      assert.equal(mayFit, fits(used));
      assert.ok(fits(heldAt(model, pool, until)), 'enough is free then');
      assert.ok(!fits(heldAt(model, pool, until - 1)), 'and not before');
    } else assert.ok(!fits({ tokens: 0, cents: 0 }));
    check(model, ledger);
  },
});

/** At a later time, where nobody spends more, and all that is reserved is used now. */
function heldAt(model: Model, pool: string, at: number): Amount {
  const calls = model.calls.filter((one) => one.pool === pool && one.state === 'reserved');
  const later = {
    now: at,
    calls: [],
    used: [...model.used, ...calls.map((one) => ({ ...one, at: model.now }))],
  };
  return use(later, pool).used;
}

const settle = (index: number, tokens: number | null, cents: number | null): Command => ({
  check: () => true,
  toString: () => `settle(${index}, ${tokens}, ${cents})`,
  run: (model, ledger) => {
    const call = model.calls[index % Math.max(1, model.calls.length)];
    if (!call) return;
    bring(model);
    ledger.settle(call.reservation, { tokens, costUsd: cents === null ? null : cents / 100 }, model.now);
    if (call.state === 'reserved') {
      call.state = 'over';
      model.used.push({
        pool: call.pool,
        tokens: tokens ?? call.tokens,
        cents: cents ?? call.cents,
        at: model.now,
      });
    }
    check(model, ledger);
  },
});

const correct = (pool: string, tokens: number): Command => ({
  check: () => true,
  toString: () => `correct(${pool}, ${tokens})`,
  run: (model, ledger) => {
    bring(model);
    ledger.correct(pool, { tokens }, model.now);
    if (tokens > 0) model.used.push({ pool, tokens, cents: 0, at: model.now });
    let less = Math.max(0, -tokens);
    const minutes = (at: number) => Math.floor(at / MINUTE);
    const counting = model.used.filter((one) => one.pool === pool && leavesAt(one.at) > model.now);
    for (const one of counting.sort((x, y) => minutes(x.at) - minutes(y.at))) {
      const taken = Math.min(less, one.tokens);
      one.tokens -= taken;
      less -= taken;
    }
    check(model, ledger);
  },
});

const pass = (ms: number): Command => ({
  check: () => true,
  toString: () => `pass(${ms})`,
  run: (model, ledger) => {
    model.now += ms;
    check(model, ledger);
  },
});

const pools = fc.constantFrom('a', 'b');
const amounts = fc.record({ tokens: fc.nat(100), cents: fc.nat(100) });
const limits: fc.Arbitrary<PoolLimits> = fc.record(
  { tokensPerHour: fc.nat(300), costPerHourUsd: fc.nat(300).map((cents) => cents / 100) },
  { requiredKeys: [] },
);
const durations = fc.oneof(fc.nat(2 * MINUTE), fc.nat(HOUR));
const commands = fc.commands<Model, BudgetLedger>(
  [
    fc.tuple(pools, amounts, limits, durations).map(([a, b, c, d]) => reserve(a, b, c, d + 1)),
    fc.tuple(pools, amounts, limits, durations).map(([a, b, c, d]) => reserve(a, b, c, d + 1)),
    fc.tuple(fc.nat(30), fc.option(fc.nat(200)), fc.option(fc.nat(200))).map((given) => settle(...given)),
    fc.tuple(pools, fc.integer({ min: -200, max: 100 })).map((given) => correct(...given)),
    fc.oneof(fc.nat(3 * MINUTE), fc.nat(HOUR), fc.nat(3 * HOUR)).map(pass),
  ],
  { maxCommands: 60, size: '+1' },
);

describe('budget and its reference', function () {
  this.timeout(120_000);
  const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 200);

  const ledgers: { [name: string]: () => BudgetLedger & { close?(): void } } = {
    'in memory': memoryLedger,
    'in the store': () =>
      PoolLedger.open(':memory:', { pid: 1, host: 'here', started: null, alive: () => true }),
  };
  for (const [name, open] of Object.entries(ledgers))
    it(`agree on what is used, reserved and free, and when (${name})`, () => {
      fc.assert(
        fc.property(commands, (steps) => {
          const ledger = open();
          fc.modelRun(() => ({ model: { now: START, calls: [], used: [] }, real: ledger }), steps);
          ledger.close?.();
        }),
        { numRuns },
      );
    });

  it('is never exceeded by more than calls used beyond their estimate, and lets every waiter go', async () => {
    const steps = fc.array(
      fc.record({
        tokens: fc.nat(120),
        caller: fc.constantFrom('a', 'b'),
        lastsMs: fc.integer({ min: 1, max: 20 * MINUTE }),
        end: fc.option(fc.record({ index: fc.nat(10), tokens: fc.option(fc.nat(150)) })),
        stop: fc.option(fc.nat(10)),
        passMs: fc.oneof(fc.constant(0), fc.nat(MINUTE), fc.nat(HOUR)),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(300), steps, async (tokensPerHour, calls) => {
        const clock = new ManualClock({ wall: START });
        const ledger = memoryLedger();
        const budget = new PoolBudget('judge', { tokensPerHour, whenFull: 'wait' }, ledger, clock);
        const asked: { call: { now: Asked }; tokens: number; stop: AbortController; ended: boolean }[] = [];
        let beyond = 0;

        for (const { tokens, caller, lastsMs, end, stop, passMs } of calls) {
          const controller = new AbortController();
          const facts = callFacts({
            caller,
            estimate: { tokens, costUsd: null },
            deadline: clock.monotonic() + lastsMs,
            signal: controller.signal,
          });
          asked.push({ call: ask(() => budget.admit(facts)), tokens, stop: controller, ended: false });
          await settled();

          const running = asked.filter(({ call, ended }) => call.now.state === 'granted' && !ended);
          const one = end && running[end.index % Math.max(1, running.length)];
          if (end && one?.call.now.state === 'granted') {
            one.ended = true;
            beyond += Math.max(0, (end.tokens ?? one.tokens) - one.tokens);
            one.call.now.permit.settle(ending('done', { tokens: end.tokens }));
          }
          if (stop !== null) asked[stop]?.stop.abort('stopped');
          await clock.advance(passMs);

          const { used, reserved } = ledger.used('judge', clock.now()).tokens;
          assert.ok(used + reserved <= tokensPerHour + beyond, `${used} + ${reserved} of ${tokensPerHour}`);
        }

        await clock.advance(30 * MINUTE);
        assert.ok(asked.every(({ call }) => call.now.state !== 'waiting'));
        assert.equal(clock.timers, 0);
      }),
      { numRuns },
    );
  });
});
