import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { CallFacts } from '../../../../src/engine/resilience/policy.ts';
import { WaitingRoom } from '../../../../src/engine/resilience/waiting/waitingRoom.ts';
import { ManualClock, settled } from '../../../support/manualClock.ts';
import { callFacts } from '../../../support/policyCalls.ts';

describe('waiting room', () => {
  let clock: ManualClock;
  let room: WaitingRoom<string>;
  let gone: number;

  beforeEach(() => {
    clock = new ManualClock({ elapsed: 100 });
    gone = 0;
    room = new WaitingRoom(clock, () => {
      gone += 1;
    });
  });

  function wait(facts: Partial<CallFacts> = {}): { came: unknown } {
    const waiter: { came: unknown } = { came: 'waits' };
    room
      .wait(callFacts(facts), () => new Error('expired'))
      .then(
        (value) => {
          waiter.came = value;
        },
        (reason: unknown) => {
          waiter.came = reason instanceof Error ? reason.message : reason;
        },
      );
    return waiter;
  }

  it('lets others by turns go first, and keeps the turn of the next one', async () => {
    const waiters = ['a', 'a', 'b', 'b', 'c'].map((caller) => wait({ caller }));
    const came = () => waiters.map(({ came: value }) => value);
    let left = 1;
    const one = () => (left-- > 0 ? 'passed' : undefined);
    room.serveBehind(one);
    await settled();
    assert.deepEqual(came(), ['waits', 'waits', 'passed', 'waits', 'waits']);
    left = 1;
    room.serveBehind(one);
    await settled();
    assert.deepEqual(
      came(),
      ['waits', 'waits', 'passed', 'waits', 'passed'],
      'it is the turn of another caller',
    );

    left = 1;
    room.serveBehind((call) => (call.caller === 'a' ? one() : undefined));
    await settled();
    assert.deepEqual(came(), ['waits', 'passed', 'passed', 'waits', 'passed']);
    assert.equal(room.next?.caller, 'a');
    room.serve('first');
    await settled();
    assert.equal(waiters[0]?.came, 'first');
  });

  it('serves and refuses whose turn is next', async () => {
    const waiters = [wait({ caller: 'a' }), wait({ caller: 'a' }), wait({ caller: 'b' })];
    assert.equal(room.size, 3);
    assert.equal(room.next?.caller, 'a');
    room.serve('first');
    assert.equal(room.next?.caller, 'b');
    room.refuseNext('no');
    await settled();
    assert.deepEqual(
      waiters.map(({ came }) => came),
      ['first', 'waits', 'no'],
    );
    room.serve('last');
    room.serve('nobody');
    room.refuseNext('nobody');
    assert.deepEqual([room.size, room.next, gone], [0, undefined, 0]);
  });

  it('refuses those for whom there is a reason', async () => {
    const waiters = ['a', 'b', 'a'].map((caller) => wait({ caller }));
    room.refuse(({ caller }) => (caller === 'a' ? 'no' : undefined));
    await settled();
    assert.deepEqual(
      waiters.map(({ came }) => came),
      ['no', 'waits', 'no'],
    );
  });

  it('takes nobody in who has been stopped or is too late', async () => {
    const waiters = [
      wait({ signal: AbortSignal.abort('stopped') }),
      wait({ deadline: 100 }),
      wait({ deadline: 101 }),
    ];
    await settled();
    assert.deepEqual(
      waiters.map(({ came }) => came),
      ['stopped', 'expired', 'waits'],
    );
    assert.equal(room.size, 1);
  });

  it('has one timer, for the earliest deadline, and none where there is none', async () => {
    wait();
    assert.equal(clock.timers, 0);
    const waiters = [wait({ deadline: 500 }), wait({ deadline: 300 }), wait({ deadline: 400 })];
    assert.deepEqual([clock.timers, clock.next], [1, 300]);
    await clock.advance(200);
    assert.deepEqual([clock.timers, clock.next, gone], [1, 400, 1]);
    await clock.advance(200);
    assert.deepEqual(
      waiters.map(({ came }) => came),
      ['expired', 'expired', 'expired'],
    );
    assert.deepEqual([clock.timers, gone, room.size], [0, 3, 1]);
  });

  it('lets nobody wait for longer than it wants to', async () => {
    const waiters = [wait({ queueMs: 50 }), wait({ queueMs: 500, deadline: 200 }), wait({ deadline: 900 })];
    const came = () => waiters.map(({ came: value }) => value);
    await clock.advance(49);
    assert.deepEqual(came(), ['waits', 'waits', 'waits']);
    await clock.advance(1);
    assert.deepEqual(came(), ['expired', 'waits', 'waits']);
    await clock.advance(50);
    assert.deepEqual(came(), ['expired', 'expired', 'waits']);
  });

  for (const [how, leave] of [
    ['served', () => room.serve('x')],
    ['refused', () => room.refuse(() => 'x')],
    ['refused in its turn', () => room.refuseNext('x')],
  ] as const)
    it(`stops its timer when the last one is ${how}, and is ready for the next`, async () => {
      wait({ deadline: 500 });
      leave();
      assert.equal(clock.timers, 0);
      const next = wait({ deadline: 900 });
      assert.equal(clock.next, 900);
      await clock.advance(800);
      assert.equal(next.came, 'expired');
    });

  for (const [how, leave] of [
    ['served', () => room.serve('x')],
    ['refused', () => room.refuse(({ caller }) => (caller === 'a' ? 'x' : undefined))],
  ] as const)
    it(`keeps to the deadline of the others when one is ${how}`, async () => {
      wait({ deadline: 900, caller: 'a' });
      const other = wait({ deadline: 500, caller: 'b' });
      leave();
      await clock.advance(400);
      assert.equal(other.came, 'expired');
      assert.equal(clock.timers, 0);
    });

  it('says when somebody has left who was stopped, after they have', async () => {
    const stop = new AbortController();
    const waiter = wait({ signal: stop.signal, deadline: 500 });
    stop.abort('stopped');
    assert.deepEqual([room.size, gone, clock.timers], [0, 1, 0]);
    await settled();
    assert.equal(waiter.came, 'stopped');
  });

  it('never hears a signal of a call that has left', async () => {
    const stop = new AbortController();
    const waiter = wait({ signal: stop.signal });
    room.serve('served');
    stop.abort('stopped');
    await settled();
    assert.deepEqual([waiter.came, gone], ['served', 0]);
  });
});
