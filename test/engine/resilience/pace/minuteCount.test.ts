import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { MinuteCount } from '../../../../src/engine/resilience/pace/minuteCount.ts';

describe('the amounts of the last minute', () => {
  it('are those of the last sixty seconds that began, whatever came between', () => {
    const events = fc.array(
      fc.record({
        afterMs: fc.oneof(fc.integer({ min: 0, max: 2500 }), fc.integer({ min: 0, max: 200_000 })),
        amount: fc.integer({ min: 1, max: 9 }),
        adds: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, fc.nat(5_000_000), (steps, start) => {
        const count = new MinuteCount();
        const added: { at: number; amount: number }[] = [];
        let now = start;
        for (const { afterMs, amount, adds } of steps) {
          now += afterMs;
          if (adds) {
            count.add(amount, now);
            added.push({ at: now, amount });
          }
          const second = (at: number) => Math.floor(at / 1000);
          const recent = added.filter(({ at }) => second(at) > second(now) - 60);
          const bySecond = Map.groupBy(recent, ({ at }) => second(at));
          const sum = (some: { amount: number }[]) => some.reduce((total, one) => total + one.amount, 0);
          assert.equal(count.sum(now), sum(recent));
          assert.deepEqual(
            count.parts(now),
            [...bySecond].map(([at, some]) => ({ at: Math.min(now, (at + 1) * 1000), amount: sum(some) })),
          );
        }
      }),
    );
  });

  it('stay what they are where the clock is asked for an earlier time', () => {
    const count = new MinuteCount();
    count.add(3, 90_000);
    count.add(4, 80_000);
    assert.deepEqual([count.sum(70_000), count.sum(149_999), count.sum(150_000)], [7, 7, 0]);
  });

  it('end as late as they may have been, and not after now', () => {
    const count = new MinuteCount();
    count.add(3, 1200);
    assert.deepEqual(count.parts(1700), [{ at: 1700, amount: 3 }]);
    assert.deepEqual(count.parts(5000), [{ at: 2000, amount: 3 }]);
  });
});
