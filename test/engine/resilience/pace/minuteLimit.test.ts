import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { MinuteLimit } from '../../../../src/engine/resilience/pace/minuteLimit.ts';

/** Times at which `count` calls of `amount` begin that all want to begin at once. */
function begins(limit: MinuteLimit, count: number, amount = 1): number[] {
  let now = 0;
  return Array.from({ length: count }, () => {
    now = Math.max(now, limit.at(amount, now));
    limit.take(amount, now);
    return now;
  });
}

/** The most of the amounts that begin within any sixty seconds. */
function mostPerMinute(taken: readonly { at: number; amount: number }[]): number {
  return Math.max(
    0,
    ...taken.map(({ at }) =>
      taken
        .filter((one) => one.at >= at && one.at <= at + 60_000)
        .reduce((sum, { amount }) => sum + amount, 0),
    ),
  );
}

describe('a limit per minute', () => {
  it('lets a second’s worth begin at once, and the others evenly', () => {
    const times = begins(new MinuteLimit(600, 1000), 1200);
    assert.equal(times.filter((at) => at === 0).length, 10);
    for (let call = 10; call < 600; call++) {
      const gap = (times[call] ?? 0) - (times[call - 1] ?? 0);
      assert.ok(gap > 99 && gap < 102, `${call}: ${gap}`);
    }
    assert.ok((times.at(-1) ?? 0) <= 121_500, 'hardly less than the limit is used');
  });

  it('lets a few begin at once where a second’s worth is less than one', () => {
    const times = begins(new MinuteLimit(20, 1000), 40);
    assert.equal(times.filter((at) => at === 0).length, 5);
    assert.deepEqual(begins(new MinuteLimit(1, 1000), 3), [0, 60_500, 121_000]);
  });

  it('allows none where it is 0', () => {
    assert.equal(new MinuteLimit(0, 1000).at(1, 0), Number.POSITIVE_INFINITY);
  });

  it('gives back what was not used, and takes what was used beyond', () => {
    const limit = new MinuteLimit(1000, 60_000);
    const correct = limit.take(900, 0);
    assert.ok(limit.at(500, 0) > 0);
    correct(100);
    assert.equal(limit.at(500, 0), 0);
    correct(2000);
    assert.equal(limit.at(500, 0), 90_750, 'by the bucket, as if it had been taken at once');
  });

  it('lets in what is larger than all of it, when nothing else was taken in its minute', () => {
    const limit = new MinuteLimit(1000, 10_000);
    assert.equal(limit.at(5000, 0), 0);
    limit.take(10, 0);
    assert.equal(limit.at(5000, 0), 60_500);
    limit.take(5000, 60_500);
    assert.ok(limit.at(1, 60_500) >= 121_000);
  });

  it('counts what was used before it was set', () => {
    const limit = new MinuteLimit(10, 1000, [{ at: 30_000, amount: 10 }]);
    assert.equal(limit.at(1, 40_000), 90_500);
  });

  it('is never exceeded within any sixty seconds, and lets everybody in in the end', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.nat(200), fc.nat(20_000), fc.nat(200_000)),
      amount: fc.integer({ min: 1, max: 60 }),
      waits: fc.boolean(),
      /** What it turns out to be; at most what was reserved. */
      share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 400 }),
        fc.constantFrom(1000, 10_000, 60_000),
        fc.array(step, { maxLength: 80 }),
        (perMinute, burstMs, steps) => {
          const limit = new MinuteLimit(perMinute, burstMs);
          const taken: { at: number; amount: number }[] = [];
          let now = 0;
          for (const { afterMs, amount, waits, share } of steps) {
            now += afterMs;
            const at = limit.at(amount, now);
            if (at > now && !waits) continue;

            now = Math.max(now, at);
            assert.ok(limit.at(amount, now) <= now + 1e-6, 'what was said to be possible is');
            const correct = limit.take(amount, now);
            const entry = { at: now, amount };
            taken.push(entry);
            if (share !== undefined) {
              entry.amount = Math.floor(amount * share);
              correct(entry.amount);
            }
          }
          assert.ok(mostPerMinute(taken) <= perMinute);
        },
      ),
      { numRuns: 300 },
    );
  });
});
