import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import { Alarm } from '../../../../src/engine/resilience/waiting/alarm.ts';
import { ManualClock } from '../../../support/manualClock.ts';

const still = { now: () => 0, monotonic: () => 0 };

describe('alarm', () => {
  let clock: ManualClock;
  let rung: number[];
  let alarm: Alarm;

  beforeEach(() => {
    clock = new ManualClock({ elapsed: 1000 });
    rung = [];
    alarm = new Alarm(clock, () => rung.push(clock.monotonic()));
  });

  it('rings once, at its time', async () => {
    alarm.set(1500);
    await clock.advance(499);
    assert.deepEqual(rung, []);
    await clock.advance(1);
    await clock.advance(5000);
    assert.deepEqual(rung, [1500]);
  });

  it('can be set again, earlier, later and to the same time, with one timer', async () => {
    alarm.set(3000);
    alarm.set(2000);
    alarm.set(2500);
    alarm.set(2500);
    assert.equal(clock.timers, 1);
    await clock.advance(5000);
    assert.deepEqual(rung, [2500]);

    alarm.set(2500);
    await clock.advance(0);
    assert.deepEqual(rung, [2500, 6000], 'at once where its time is over');
  });

  it('can be set while it rings', async () => {
    alarm = new Alarm(clock, () => {
      rung.push(clock.monotonic());
      if (rung.length < 3) alarm.set(clock.monotonic() + 10);
    });
    alarm.set(1010);
    await clock.advance(100);
    assert.deepEqual(rung, [1010, 1020, 1030]);
  });

  it('is silent where it is set to no time', async () => {
    alarm.set(1500);
    alarm.set(Number.POSITIVE_INFINITY);
    assert.equal(clock.timers, 0);
    await clock.advance(5000);
    assert.deepEqual(rung, []);
  });

  it('does not ring where it is stopped in the moment in which its time is over', async () => {
    let wake = () => {};
    const late = new Alarm({ ...still, sleep: () => new Promise((resolve) => (wake = resolve)) }, () =>
      rung.push(0),
    );
    late.set(5);
    wake();
    late.set(Number.POSITIVE_INFINITY);
    await clock.advance(0);
    assert.deepEqual(rung, []);
    late.set(6);
    wake();
    late.set(7);
    await clock.advance(0);
    assert.deepEqual(rung, []);
    wake();
    await clock.advance(0);
    assert.deepEqual(rung, [0]);
  });

  it('rings at once for a time that is over, also for the beginning of all time', async () => {
    alarm.set(0);
    await clock.advance(0);
    assert.deepEqual(rung, [1000]);
    alarm.set(0);
    await clock.advance(0);
    assert.deepEqual(rung, [1000, 1000]);
  });

  it('is believed where its clock stands still while it sleeps, and not where it is only early', async () => {
    const times: number[] = [];
    const stopped = new Alarm({ ...still, sleep: async () => {} }, (now) => {
      times.push(now);
      if (now < 100) stopped.set(100);
    });
    stopped.set(100);
    for (let turn = 0; turn < 5; turn++) await clock.advance(0);
    assert.deepEqual(times, [...Array(19).fill(0), 100]);

    const early: number[] = [];
    const sleep = async (ms: number) => void clock.pass(ms / 2);
    const imprecise = new Alarm({ ...still, monotonic: () => clock.monotonic(), sleep }, (now) => {
      early.push(now);
      if (early.length < 10) imprecise.set(2000);
    });
    imprecise.set(2000);
    await clock.advance(0);
    assert.deepEqual(early.slice(0, 3), [1500, 1750, 1875]);
  });

  it('is never believed before its time where that is further away than timers know', async () => {
    const times: number[] = [];
    const far = new Alarm({ ...still, sleep: async () => {} }, (now) => {
      times.push(now);
      if (times.length < 50) far.set(1e12);
    });
    far.set(1e12);
    await clock.advance(0);
    assert.deepEqual(times, Array(50).fill(0));
  });

  it('asks for no longer time than timers know', () => {
    alarm.set(1e12);
    assert.equal(clock.next, 1000 + 2 ** 31 - 1);
  });
});
