import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { Bulkhead, type BulkheadConfig } from '../../../../src/engine/resilience/bulkhead/bulkhead.ts';
import type { CallFacts } from '../../../../src/engine/resilience/policy.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { ask, callFacts, ending, granted } from '../../../support/policyCalls.ts';

describe('bulkhead', () => {
  let clock: ManualClock;
  let bulkhead: Bulkhead;

  beforeEach(() => build({ maxConcurrency: 2 }));

  function build(config: Partial<BulkheadConfig>): void {
    clock = new ManualClock();
    bulkhead = new Bulkhead('judge', { whenFull: 'wait', ...config }, clock);
  }

  const begin = (facts: Partial<CallFacts> = {}) => ask(() => bulkhead.admit(callFacts(facts)));
  const end = async (asked: ReturnType<typeof begin> | undefined) => {
    granted(asked ?? assert.fail()).settle(ending('done'));
    await settled();
  };
  const states = (asked: ReturnType<typeof begin>[]) => asked.map(({ now }) => now.state);
  const messageOf = ({ now }: ReturnType<typeof begin>) =>
    now.state === 'rejected' ? now.rejection.message : now.state;

  it('lets so many calls through at once, and the next when one has ended, however it ended', async () => {
    const asked = Array.from({ length: 9 }, () => begin());
    assert.deepEqual(states(asked).indexOf('waiting'), 2);
    for (const [at, kind] of (
      ['done', 'caller', 'transient', 'rejected', 'rate-limited'] as const
    ).entries()) {
      granted(asked[at] ?? begin()).settle(ending(kind));
      await settled();
      assert.equal(states(asked).indexOf('waiting'), at + 3);
    }
  });

  it('frees one place for one call, however often it is settled', async () => {
    const asked = [begin(), begin(), begin(), begin()];
    for (let again = 0; again < 5; again += 1) await end(asked[0]);
    assert.deepEqual(states(asked), ['granted', 'granted', 'granted', 'waiting']);
  });

  it('gives callers their turns, and each caller’s calls in their order', async () => {
    build({ maxConcurrency: 1 });
    const first = begin({ caller: 'z' });
    const order: string[] = [];
    const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'];
    for (const name of names) {
      const admitted = bulkhead.admit(callFacts({ caller: name[0] ?? '' }));
      Promise.resolve(admitted).then((permit) => {
        order.push(name);
        permit.settle(ending('done'));
      });
    }
    await end(first);
    assert.deepEqual(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  it('lets no new call pass those who wait', async () => {
    build({ maxConcurrency: 1 });
    const first = begin();
    const waiting = begin();
    granted(first).settle(ending('done'));
    const late = begin();
    await settled();
    assert.deepEqual(states([waiting, late]), ['granted', 'waiting']);
  });

  it('starves nobody where a waiter is stopped, at the front, in the middle, and in the moment of its turn', async () => {
    build({ maxConcurrency: 1 });
    const stops = Array.from({ length: 5 }, () => new AbortController());
    const first = begin();
    const asked = stops.map(({ signal }) => begin({ signal }));
    stops[0]?.abort('front');
    stops[2]?.abort('middle');
    await end(first);
    assert.deepEqual(states(asked), ['failed', 'granted', 'failed', 'waiting', 'waiting']);

    granted(asked[1] ?? first).settle(ending('done'));
    stops[3]?.abort('too late');
    await settled();
    assert.deepEqual(states(asked), ['failed', 'granted', 'failed', 'granted', 'waiting']);
    await end(asked[3]);
    assert.equal(asked[4]?.now.state, 'granted');
  });

  it('rejects at once where it is full and nobody may wait', () => {
    build({ maxConcurrency: 2, whenFull: 'reject' });
    begin();
    begin();
    assert.equal(messageOf(begin()), "the bulkhead 'judge' is full: 2 calls in progress");
  });

  it('rejects at once where its queue is full', async () => {
    build({ maxConcurrency: 1, queue: 2 });
    const asked = [begin(), begin(), begin()];
    assert.equal(messageOf(begin()), "the bulkhead 'judge' is full: 1 call in progress and 2 waiting");
    await end(asked[0]);
    assert.equal(begin().now.state, 'waiting');
  });

  it('knows 0 from absent', () => {
    build({});
    for (let call = 0; call < 1000; call += 1) granted(begin());
    assert.deepEqual(bulkhead.health(), {
      concurrency: { underWay: 1000, most: null },
      queue: { waiting: 0, most: null },
    });

    build({ maxConcurrency: 0 });
    assert.equal(messageOf(begin()), "the bulkhead 'judge' is closed: it allows no calls");
    assert.deepEqual(bulkhead.health().concurrency, { underWay: 0, most: 0 });

    build({ maxConcurrency: 1, queue: 0 });
    begin();
    assert.equal(begin().now.state, 'rejected');

    build({ maxConcurrency: 1 });
    begin();
    for (let call = 0; call < 1000; call += 1) assert.equal(begin().now.state, 'waiting');
  });

  it('ends each wait at its deadline, with one timer for all', async () => {
    build({ maxConcurrency: 1 });
    const first = begin();
    const asked = [700, 300, 300, 900].map((deadline) => begin({ deadline }));
    assert.equal(clock.timers, 1);
    await clock.advance(299);
    assert.deepEqual(states(asked), Array(4).fill('waiting'));
    await clock.advance(1);
    assert.deepEqual(states(asked), ['waiting', 'rejected', 'rejected', 'waiting']);
    assert.equal(
      messageOf(asked[1] ?? first),
      "the bulkhead 'judge' is full: no place became free before the deadline",
    );
    await clock.advance(400);
    assert.equal(asked[0]?.now.state, 'rejected');
    await end(first);
    assert.equal(asked[3]?.now.state, 'granted');
    assert.equal(clock.timers, 0);
  });

  it('begins no wait whose deadline is over, and no call whose signal is', async () => {
    build({ maxConcurrency: 1 });
    begin();
    const late = begin({ deadline: clock.monotonic() });
    await settled();
    assert.equal(late.now.state, 'rejected');
    assert.deepEqual(begin({ signal: AbortSignal.abort('stopped') }).now, {
      state: 'failed',
      reason: 'stopped',
    });
    assert.equal(bulkhead.health().queue.waiting, 0);
  });

  it('leaves no listener at a signal that many calls share', async () => {
    build({ maxConcurrency: 1 });
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    };
    const first = begin({ signal });
    const asked = [begin({ signal, deadline: 10 }), begin({ signal })];
    assert.equal(listeners, 2);
    await clock.advance(10);
    await end(first);
    await end(asked[1]);
    assert.equal(listeners, 0);
  });

  it('leaves other bulkheads alone', async () => {
    const other = new Bulkhead('target', { maxConcurrency: 1, whenFull: 'wait' }, clock);
    for (let call = 0; call < 500; call += 1) begin();
    let through = 0;
    for (let call = 0; call < 100; call += 1) {
      const permit = await other.admit(callFacts());
      through += 1;
      permit.settle(ending('done'));
    }
    assert.equal(through, 100);
  });

  it('can be changed while calls wait', async () => {
    build({ maxConcurrency: 1 });
    const asked = Array.from({ length: 6 }, () => begin());
    bulkhead.configure({ maxConcurrency: 3, whenFull: 'wait' });
    await settled();
    assert.equal(states(asked).indexOf('waiting'), 3);

    bulkhead.configure({ maxConcurrency: 1, whenFull: 'wait' });
    await end(asked[0]);
    await end(asked[1]);
    assert.equal(asked[3]?.now.state, 'waiting', 'one of three still runs');
    await end(asked[2]);
    assert.equal(asked[3]?.now.state, 'granted');

    bulkhead.configure({ maxConcurrency: 0, whenFull: 'wait' });
    await settled();
    assert.deepEqual(states(asked).slice(4), ['rejected', 'rejected']);
    assert.equal(bulkhead.health().concurrency.underWay, 1);
  });
});
