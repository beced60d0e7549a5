import assert from 'node:assert/strict';
import { ForgettingTime } from '../../../src/engine/telemetry/forgettingTime.ts';
import { ManualClock } from '../../support/manualClock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 30, 12);

describe('the time by which a store forgets', () => {
  let clock: ManualClock;
  let time: ForgettingTime;

  beforeEach(() => {
    clock = new ManualClock({ wall: NOON });
    time = new ForgettingTime(clock, { known: NOON, lookMs: MINUTE });
  });

  /** Of so many looks, a minute apart. */
  function looks(count: number): number[] {
    return Array.from({ length: count }, () => {
      clock.pass(MINUTE);
      return time.look() - NOON;
    });
  }

  it('is the clock’s, also where a look came late', () => {
    assert.deepEqual(looks(2), [MINUTE, 2 * MINUTE]);
    clock.pass(5 * HOUR);
    assert.equal(time.look() - NOON, 5 * HOUR + 2 * MINUTE);
  });

  it('stays where the clock has jumped ahead, and follows little by little once it is steady', () => {
    looks(1);
    clock.setWall(NOON + 100 * HOUR);
    assert.deepEqual(
      looks(5).map((ms) => ms - MINUTE),
      [0, 0, 0, 4 * HOUR, 8 * HOUR],
    );
    assert.equal(looks(30).at(-1), 100 * HOUR + 35 * MINUTE);
  });

  it('goes back with the clock', () => {
    looks(1);
    clock.setWall(NOON - HOUR);
    assert.deepEqual(looks(2), [MINUTE, -HOUR + 2 * MINUTE]);
  });

  it('does not take the machine’s word at once for how long it was off', () => {
    const later = new ForgettingTime(clock, { known: NOON - 9 * HOUR, lookMs: MINUTE });
    const seen = [1, 2, 3, 4, 5].map(() => {
      clock.pass(MINUTE);
      return later.look() - NOON;
    });
    assert.deepEqual(seen, [-9 * HOUR, -9 * HOUR, -5 * HOUR, -HOUR, 5 * MINUTE]);
  });
});
