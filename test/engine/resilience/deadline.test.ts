import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'mocha';
import { Deadline, DeadlineReached } from '../../../src/engine/resilience/deadline.ts';
import { ManualClock } from '../../support/manualClock.ts';

describe('the time limit of a call', () => {
  const open = (limitMs: number, caller = new AbortController()) => {
    const clock = new ManualClock({ elapsed: 1000 });
    return { clock, caller, deadline: new Deadline(clock, limitMs, caller.signal) };
  };

  it('ends the call in time, and says which limit it was', async () => {
    const { clock, deadline } = open(2500);
    assert.deepEqual([deadline.at, deadline.limitMs, deadline.signal.aborted], [3500, 2500, false]);
    await clock.advance(2499);
    assert.equal(deadline.signal.aborted, false);
    await clock.advance(1);
    const { reason } = deadline.signal;
    assert(reason instanceof DeadlineReached);
    assert.deepEqual(
      [reason.name, reason.message, reason.limitMs],
      ['DeadlineReached', 'no complete reply within 2.5 s', 2500],
    );
    assert.equal(new DeadlineReached(1000, 'it waited').message, 'no complete reply within 1 s: it waited');
  });

  it('ends it with the caller’s reason, also where that ended before it', () => {
    const { caller, deadline } = open(2500);
    caller.abort('enough');
    assert.equal(deadline.signal.reason, 'enough');
    assert.equal(open(2500, caller).deadline.signal.reason, 'enough');
  });

  it('leaves neither a timer nor a listener behind', async () => {
    const { clock, caller, deadline } = open(2500);
    assert.deepEqual([clock.timers, getEventListeners(caller.signal, 'abort').length], [1, 1]);
    deadline.end();
    await clock.advance(10_000);
    assert.deepEqual([clock.timers, getEventListeners(caller.signal, 'abort').length], [0, 0]);
    assert.equal(deadline.signal.aborted, false);
  });

  it('has no timer where it is longer than timers know', () => {
    assert.equal(open(2 ** 31 - 1).clock.timers, 1);
    for (const limitMs of [2 ** 31, Number.POSITIVE_INFINITY]) assert.equal(open(limitMs).clock.timers, 0);
  });
});
