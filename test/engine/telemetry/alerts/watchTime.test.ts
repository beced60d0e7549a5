import assert from 'node:assert/strict';
import { WatchTime } from '../../../../src/engine/telemetry/alerts/watchTime.ts';
import { ManualClock } from '../../../support/manualClock.ts';

const HOUR = 3_600_000;
const NEVER = Number.NEGATIVE_INFINITY;

describe('the time that was watched', () => {
  let clock: ManualClock;
  let watch: WatchTime;
  let start: number;

  beforeEach(() => {
    clock = new ManualClock();
    watch = new WatchTime(clock);
    start = clock.now();
    watch.look(true);
  });

  function look(afterMs: number, { jump = 0, receiving = true } = {}) {
    clock.pass(afterMs);
    clock.setWall(clock.now() + jump);
    const { nowMs, watchedMs, sinceMs, comparableMs } = watch.look(receiving);
    return {
      now: nowMs - start,
      watched: watchedMs,
      since: sinceMs && sinceMs - start,
      comparable: comparableMs - start,
    };
  }

  it('goes on from look to look, also where the clock is corrected by a moment', () => {
    assert.deepEqual(look(5_000), { now: 5_000, watched: 5_000, since: 0, comparable: NEVER });
    assert.deepEqual(look(5_000, { jump: -2_000 }), {
      now: 8_000,
      watched: 5_000,
      since: 0,
      comparable: NEVER,
    });
    assert.deepEqual(look(30_000), { now: 38_000, watched: 30_000, since: 0, comparable: NEVER });
  });

  it('begins anew where nobody looked for a while, and where the clock was set', () => {
    assert.deepEqual(look(30_001), { now: 30_001, watched: 0, since: 30_001, comparable: NEVER });
    const ahead = look(5_000, { jump: HOUR });
    assert.deepEqual([ahead.watched, ahead.since, ahead.comparable], [0, ahead.now, NEVER]);
  });

  it('begins anew where the receiver was off', () => {
    assert.equal(look(5_000, { receiving: false }).since, null);
    assert.equal(look(5_000).since, 10_000);
  });

  it('compares only what was measured since the clock was set back, and nothing less once it is put right again', () => {
    const back = look(5_000, { jump: -HOUR });
    assert.deepEqual(back, { now: 5_000 - HOUR, watched: 0, since: 5_000 - HOUR, comparable: 5_000 - HOUR });
    assert.equal(look(5_000).comparable, 5_000 - HOUR);
    const right = look(5_000, { jump: HOUR });
    assert.deepEqual(right, { now: 15_000, watched: 0, since: 15_000, comparable: 5_000 - HOUR });
    assert.deepEqual(look(5_000), { now: 20_000, watched: 5_000, since: 15_000, comparable: 5_000 - HOUR });
  });

  it('never compares only what is still to come', () => {
    const back = look(5_000, { jump: -HOUR });
    const corrected = look(500, { jump: -1_500 });
    assert.equal(corrected.now, back.now - 1_000);
    assert.equal(corrected.comparable, corrected.now);
    assert.equal(look(5_000).comparable, corrected.now);
  });
});
