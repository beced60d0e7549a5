import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { BudgetLedger } from '../../../../src/engine/resilience/budget/hourlyLedger.ts';
import { memoryLedger } from '../../../../src/engine/resilience/budget/memoryLedger.ts';
import { type BudgetConfig, PoolBudget } from '../../../../src/engine/resilience/budget/poolBudget.ts';
import type { CallFacts } from '../../../../src/engine/resilience/policy.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { ask, callFacts, ending, granted } from '../../../support/policyCalls.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('budget of a bulkhead', () => {
  let clock: ManualClock;
  let ledger: BudgetLedger;
  let budget: PoolBudget;
  let warnings: string[];

  beforeEach(() => build({ tokensPerHour: 1000 }));

  function build(config: Partial<BudgetConfig>, on: BudgetLedger = memoryLedger()): void {
    clock = new ManualClock({ elapsed: 777 });
    ledger = on;
    warnings = [];
    const log = { write: (_: string, message: string) => warnings.push(message) };
    budget = new PoolBudget('judge', { whenFull: 'wait', ...config }, on, clock, log);
  }

  const begin = (tokens: number, facts: Partial<CallFacts> = {}) =>
    ask(() =>
      budget.admit(
        callFacts({
          estimate: { tokens, costUsd: null },
          deadline: clock.monotonic() + 2 * MINUTE,
          ...facts,
        }),
      ),
    );
  const end = async (asked: ReturnType<typeof begin>, tokens: number | null) => {
    granted(asked).settle(ending('done', { tokens }));
    await settled();
  };
  const rejectionOf = ({ now }: ReturnType<typeof begin>) =>
    now.state === 'rejected' ? now.rejection : assert.fail(now.state);

  it('lets calls through while what they may use fits, and settles them once by what they used', async () => {
    const calls = [begin(500), begin(500)];
    await end(calls[0] ?? begin(0), 20);
    await end(calls[0] ?? begin(0), 999);
    assert.deepEqual(budget.health().tokens, { used: 20, reserved: 500, limit: 1000 });
    assert.equal(budget.health().costUsd, null);
    granted(begin(480));
  });

  it('settles once, also where its number is given again', async () => {
    const settlements: number[] = [];
    const memory = memoryLedger();
    build({ tokensPerHour: 1000 }, { ...memory, settle: ({ id }) => settlements.push(id) });
    const call = begin(100);
    await end(call, 20);
    await end(call, 20);
    assert.equal(settlements.length, 1);
  });

  it('counts what was reserved where nobody said what was used', async () => {
    await end(begin(600), null);
    assert.equal(budget.health().tokens?.used, 600);
  });

  it('is not touched where no limit is set', async () => {
    const forbidden = () => assert.fail('touched');
    build({}, { reserve: forbidden, settle: forbidden, correct: forbidden, used: forbidden });
    await end(begin(1e9), 1e9);
    assert.deepEqual(budget.health(), { tokens: null, costUsd: null });
  });

  it('rejects with the time at which enough is free again', async () => {
    await end(begin(1000), 1000);
    const now = clock.now();
    const { by, until, message } = rejectionOf(begin(300));
    assert.equal(by, 'budget');
    assert.equal(until, 777 + (Math.floor(now / MINUTE) + 1) * MINUTE + HOUR - now);
    assert.equal(
      message,
      "the budget of the bulkhead 'judge' is used up (1,000 tokens an hour); enough is free again in 1 h 01 min",
    );
    await clock.advance((until ?? 0) - clock.monotonic() - 1);
    rejectionOf(begin(300, { deadline: 0 }));
    await clock.advance(1);
    granted(begin(300));
  });

  it('waits within the deadline while calls under way may leave enough, by turns', async () => {
    const calls = [begin(500), begin(500)];
    const waiting = ['a', 'a', 'b'].map((caller) => begin(300, { caller }));
    await settled();
    await end(calls[0] ?? begin(0), 10);
    assert.deepEqual(
      waiting.map(({ now }) => now.state),
      ['granted', 'waiting', 'waiting'],
    );
    await end(calls[1] ?? begin(0), 10);
    assert.deepEqual(
      waiting.map(({ now }) => now.state),
      ['granted', 'granted', 'granted'],
    );
    assert.equal(clock.timers, 0);
  });

  describe('with a large call at the head of those who wait', () => {
    it('lets smaller ones overtake it, and goes on when it is stopped', async () => {
      granted(begin(900));
      const stop = new AbortController();
      const large = begin(500, { caller: 'a', signal: stop.signal });
      const small = [begin(50, { caller: 'b' }), begin(60, { caller: 'b' }), begin(50, { caller: 'a' })];
      await settled();
      assert.deepEqual(
        small.map(({ now }) => now.state),
        ['granted', 'waiting', 'granted'],
      );
      stop.abort('stopped');
      await settled();
      assert.deepEqual(large.now, { state: 'failed', reason: 'stopped' });
      assert.equal(small[1]?.now.state, 'waiting', 'there is still too little for it');
    });

    it('lets no more of them overtake than that it gets its turn', async () => {
      const first = begin(600);
      const large = begin(500, { caller: 'a' });
      const passed: ReturnType<typeof begin>[] = [];
      for (let at = 0; at < 50; at += 1) {
        const small = begin(10, { caller: `b${at % 3}` });
        await settled();
        passed.push(small);
        if (small.now.state === 'granted') await end(small, 0);
      }
      assert.equal(passed.filter(({ now }) => now.state === 'granted').length, 20);
      assert.equal(large.now.state, 'waiting');

      await end(first, 0);
      assert.equal(large.now.state, 'granted');
      await end(large, 0);
      assert.ok(
        passed.every(({ now }) => now.state === 'granted'),
        'and then the others go on',
      );
    });

    it('lets another one that has become the head be overtaken anew', async () => {
      granted(begin(600));
      const stop = new AbortController();
      const heads = [begin(500, { caller: 'a', signal: stop.signal }), begin(501, { caller: 'a' })];
      for (let at = 0; at < 20; at += 1) {
        const passing = begin(10, { caller: 'b' });
        await settled();
        await end(passing, 0);
      }
      const small = begin(10, { caller: 'b' });
      await settled();
      assert.equal(small.now.state, 'waiting');
      stop.abort('stopped');
      await settled();
      assert.deepEqual([heads[1]?.now.state, small.now.state], ['waiting', 'granted']);
    });

    it('takes turns among those who overtake', async () => {
      const first = begin(990);
      granted(first);
      begin(999, { caller: 'a' });
      const small = ['b', 'b', 'b', 'c', 'c'].map((caller) => begin(400, { caller }));
      await end(first, 100);
      const states = () => small.map(({ now }) => (now.state === 'granted' ? 1 : 0)).join('');
      assert.equal(states(), '10010', 'one of each');
    });

    it('asks the ledger for no more than a few of them at a time', async () => {
      let asked = 0;
      const memory = memoryLedger();
      const counting: BudgetLedger = {
        ...memory,
        reserve: (...args) => {
          asked += 1;
          return memory.reserve(...args);
        },
      };
      build({ tokensPerHour: 1000 }, counting);
      granted(begin(1000));
      begin(1000, { caller: 'a' });
      /** How often it is asked because of one more call, where so many wait. */
      const askedFor = async (sizes: readonly number[], more: number) => {
        const stop = new AbortController();
        for (const size of sizes) begin(size, { caller: 'b', signal: stop.signal });
        asked = 0;
        begin(more, { caller: 'c', signal: stop.signal });
        await settled();
        const times = asked;
        stop.abort('stopped');
        await settled();
        return times;
      };
      const hundred = Array.from({ length: 100 }, (_, at) => at);
      assert.equal(
        await askedFor(
          hundred.map((at) => 900 - at),
          950,
        ),
        1 + 8,
      );
      assert.equal(
        await askedFor(
          hundred.map(() => 900),
          900,
        ),
        1 + 1,
        'one refusal stands for all of its size',
      );
      assert.equal(
        await askedFor(
          hundred.map(() => 1000),
          1000,
        ),
        1,
        'none is smaller',
      );
    });

    it('costs nobody a place who is smaller in dollars alone', async () => {
      build({ tokensPerHour: 1000, costPerHourUsd: 1 });
      const dear = (tokens: number, costUsd: number) => begin(tokens, { estimate: { tokens, costUsd } });
      granted(dear(1, 0.9));
      assert.equal(dear(1, 0.5).now.state, 'waiting');
      const cheap = dear(1, 0.1);
      await settled();
      assert.equal(cheap.now.state, 'granted');
    });
  });

  it('lets a free call through where all money is spent', async () => {
    build({ costPerHourUsd: 1, whenFull: 'reject' });
    const priced = (costUsd: number) => begin(1, { estimate: { tokens: 1, costUsd } });
    granted(priced(1));
    rejectionOf(priced(0.01));
    granted(priced(0));
  });

  it('takes what is reserved for used when it says when enough is free', async () => {
    build({ tokensPerHour: 1000, whenFull: 'reject' });
    granted(begin(900));
    const { until = 0 } = rejectionOf(begin(500));
    assert.ok(until - clock.monotonic() >= HOUR, `${until - clock.monotonic()}`);
  });

  it('notices what another process leaves it', async () => {
    const other = ledger.reserve(
      'judge',
      { tokens: 900, costUsd: null },
      {},
      clock.now(),
      clock.now() + HOUR,
    );
    const waiting = begin(500);
    await clock.advance(3000);
    assert.equal(waiting.now.state, 'waiting');
    if (other.granted) ledger.settle(other.reservation, { tokens: 1, costUsd: null }, clock.now());
    await clock.advance(500);
    assert.equal(waiting.now.state, 'granted');
  });

  it('rejects a waiter at its deadline, with the time', async () => {
    begin(900, { deadline: Number.POSITIVE_INFINITY });
    const waiting = begin(500);
    await clock.advance(2 * MINUTE - 1);
    assert.equal(waiting.now.state, 'waiting');
    await clock.advance(1);
    assert.ok((rejectionOf(waiting).until ?? 0) > clock.monotonic());
    assert.equal(clock.timers, 0);
  });

  it('rejects a waiter once nothing under way can help it', async () => {
    const first = begin(900);
    const waiting = begin(500);
    await end(first, 900);
    assert.ok((rejectionOf(waiting).until ?? 0) > clock.monotonic() + HOUR);
  });

  it('waits for what comes free within the deadline', async () => {
    await end(begin(1000), 1000);
    await clock.advance(HOUR);
    const { until = 0 } = rejectionOf(begin(1000, { deadline: clock.monotonic() + 1 }));
    rejectionOf(begin(1000, { deadline: until }));
    const waiting = begin(1000);
    await settled();
    assert.equal(waiting.now.state, 'waiting');
    await clock.advance(MINUTE);
    assert.equal(waiting.now.state, 'granted');
  });

  it('never waits where the bulkhead rejects at once', () => {
    build({ tokensPerHour: 1000, whenFull: 'reject' });
    begin(900);
    rejectionOf(begin(500));
  });

  it('says what is wrong with calls that it will never let through', () => {
    assert.equal(
      rejectionOf(begin(1001)).message,
      "this call may use more than the budget of the bulkhead 'judge' allows (1,000 tokens an hour); raise the limit, or set max_tokens where a prompt allows more",
    );
    assert.equal(rejectionOf(begin(1001)).until, undefined);

    build({ costPerHourUsd: 5 });
    const unpriced = rejectionOf(begin(1));
    assert.equal(unpriced.until, undefined);
    assert.equal(
      unpriced.message,
      "the budget of the bulkhead 'judge' is in dollars, and the cost of this call is unknown: set a price for its model, or limit tokens_per_hour in place of cost_per_hour_usd",
    );
    const dear = begin(1, { estimate: { tokens: 1, costUsd: 5.5 } });
    assert.match(rejectionOf(dear).message, /\$5\.00 an hour/);
  });

  it('rejects a large call at the head of the queue, and goes on behind it', async () => {
    const first = begin(900);
    const large = begin(400);
    const small = begin(200);
    budget.configure({ tokensPerHour: 1000, whenFull: 'wait' });
    budget.configure({ tokensPerHour: 300, whenFull: 'wait' });
    await settled();
    assert.match(rejectionOf(large).message, /300 tokens an hour/);
    assert.equal(small.now.state, 'waiting');
    await end(first, 10);
    assert.equal(small.now.state, 'granted');
  });

  it('lets those through who wait when the limit is raised or removed', async () => {
    begin(900);
    const waiting = [begin(500), begin(5000)];
    rejectionOf(waiting[1] ?? begin(0));
    budget.configure({ whenFull: 'wait' });
    await settled();
    assert.equal(waiting[0]?.now.state, 'granted');
  });

  it('reserves until shortly after the deadline, and no longer than an hour', () => {
    const expiries: number[] = [];
    build(
      { tokensPerHour: 1000 },
      {
        ...memoryLedger(),
        reserve: (_pool, _amount, _limits, now, expiresAt) => {
          expiries.push(expiresAt - now);
          return { granted: true, reservation: { id: 1, expiresAt } };
        },
      },
    );
    begin(1, { deadline: clock.monotonic() + 2 * MINUTE });
    begin(1, { deadline: Number.POSITIVE_INFINITY });
    assert.deepEqual(expiries, [2.5 * MINUTE, HOUR]);
  });

  it('loses no answer to a ledger that fails, and lets nobody through unseen', async () => {
    const fails = () => {
      throw new Error('disk full');
    };
    const memory = memoryLedger();
    build({ tokensPerHour: 1000 }, { ...memory, settle: fails });
    await end(begin(900), 5);
    assert.match(warnings.join(), /could not be settled in the budget of the bulkhead 'judge'.*disk full/);
    assert.equal(budget.health().tokens?.reserved, 900);

    let broken = false;
    build(
      { tokensPerHour: 1000 },
      { ...memory, reserve: (...given) => (broken ? fails() : memory.reserve(...given)) },
    );
    begin(100);
    const waiting = [begin(1000), begin(10)];
    broken = true;
    await clock.advance(MINUTE);
    for (const { now } of waiting) assert.match(String(now.state === 'failed' && now.reason), /disk full/);
    assert.match(String(begin(1).now.state), /failed/);
  });

  it('does not let through a call whose signal has ended', () => {
    assert.deepEqual(begin(1, { signal: AbortSignal.abort('stopped') }).now, {
      state: 'failed',
      reason: 'stopped',
    });
    assert.equal(budget.health().tokens?.reserved, 0);
  });
});
