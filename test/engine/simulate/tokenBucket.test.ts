import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TokenBucket } from '../../../src/engine/simulate/tokenBucket.ts';

describe('token bucket', () => {
  it('never gives more than its size and what came back since, in any stretch', () => {
    const step = fc.record({ ms: fc.nat(3000), amount: fc.integer({ min: 1, max: 7 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const bucket = new TokenBucket({ capacity: 6, perMs: 0.002 }, 0);
        const given: { at: number; amount: number }[] = [];
        let now = 0;
        for (const { ms, amount } of steps) {
          now += ms;
          const wait = bucket.wait(amount, now);
          assert.equal(bucket.take(amount, now), wait === 0 || wait < 1e-6);
          if (wait < 1e-6) given.push({ at: now, amount });
        }

        for (const [index, first] of given.entries()) {
          let sum = 0;
          for (const { at, amount } of given.slice(index)) {
            sum += amount;
            assert.ok(sum <= 6 + (at - first.at) * 0.002 + 1e-6);
          }
        }
      }),
    );
  });

  it('gives what was waited for, and never waits for what it cannot hold', () => {
    const bucket = TokenBucket.perMinute(60, 0);
    assert.equal(bucket.take(60, 0), true);
    assert.equal(bucket.wait(3, 0), 3000);
    assert.equal(bucket.take(3, 2999), false);
    assert.equal(bucket.take(3, 3000), true);
    assert.equal(bucket.wait(61, 0), Number.POSITIVE_INFINITY);
  });
});
