import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  type CallWindow,
  NO_CALLS,
  recentCalls,
  recordCall,
} from '../../../../src/engine/resilience/breaker/callWindow.ts';

const counts = ({ total, failed, slow }: CallWindow) => ({ total, failed, slow });

function entries({ front, back }: CallWindow): number {
  let found = 0;
  for (let entry = front; entry; entry = entry.next) found += 1;
  for (let entry = back; entry; entry = entry.next) found += 1;
  return found;
}

describe('window of calls', () => {
  const call = fc.record({ failed: fc.boolean(), slow: fc.boolean(), afterMs: fc.nat(400) });

  it('counts the latest calls, as far as they are not too old', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.array(call),
        (calls, ms, made) => {
          let window = NO_CALLS;
          let now = 0;
          const all: { failed: boolean; slow: boolean; at: number }[] = [];
          for (const { failed, slow, afterMs } of made) {
            now += afterMs;
            all.push({ failed, slow, at: now });
            window = recordCall(window, { failed, slow }, now, { calls, ms });
            const recent = all.slice(-calls).filter(({ at }) => at > now - ms);
            assert.deepEqual(counts(window), {
              total: recent.length,
              failed: recent.filter((one) => one.failed).length,
              slow: recent.filter((one) => one.slow).length,
            });
          }
        },
      ),
    );
  });

  it('counts all calls of a time, to a hundredth of it', () => {
    fc.assert(
      fc.property(fc.array(call), (made) => {
        const limits = { calls: Number.POSITIVE_INFINITY, ms: 1000 };
        let window = NO_CALLS;
        let now = 0;
        const all: { failed: boolean; slow: boolean; at: number }[] = [];
        for (const { failed, slow, afterMs } of made) {
          now += Math.floor(afterMs / 10);
          all.push({ failed, slow, at: now });
          window = recordCall(window, { failed, slow }, now, limits);

          for (const at of [now, now + 500, now + 985, now + 1000]) {
            const found = counts(recentCalls(window, at, limits));
            const [least, most] = [990, 1000].map((ms) => all.filter((one) => one.at > at - ms));
            const between = (count: number, of: (one: (typeof all)[number]) => boolean) => {
              const [low, high] = [least, most].map((calls) => calls?.filter(of).length ?? 0);
              assert.ok(count >= (low ?? 0) && count <= (high ?? 0), `${low} ≤ ${count} ≤ ${high}`);
            };
            between(found.total, () => true);
            between(found.failed, (one) => one.failed);
            between(found.slow, (one) => one.slow);
          }
        }
      }),
    );
  });

  it('grows with its time, not with the rate of calls', () => {
    let window = NO_CALLS;
    for (let now = 0; now < 5000; now += 0.25)
      window = recordCall(window, { failed: false, slow: true }, now, {
        calls: Number.POSITIVE_INFINITY,
        ms: 1000,
      });
    assert.ok(entries(window) <= 101, String(entries(window)));
    assert.ok(window.total >= 3960 && window.total <= 4000, String(window.total));
  });

  it('keeps no more calls than it covers', () => {
    let window = NO_CALLS;
    for (let now = 0; now < 5000; now += 1)
      window = recordCall(window, { failed: true, slow: false }, now, { calls: 20, ms: 1e9 });
    assert.equal(entries(window), 20);
    assert.deepEqual(counts(window), { total: 20, failed: 20, slow: 0 });
  });

  it('is never changed', () => {
    const limits = { calls: 2, ms: 1000 };
    const first = recordCall(NO_CALLS, { failed: true, slow: false }, 0, limits);
    const second = recordCall(first, { failed: false, slow: true }, 1, limits);
    recordCall(second, { failed: false, slow: false }, 2, limits);
    recentCalls(second, 5000, limits);
    assert.deepEqual(
      [counts(NO_CALLS), counts(first)],
      [
        { total: 0, failed: 0, slow: 0 },
        { total: 1, failed: 1, slow: 0 },
      ],
    );
    assert.deepEqual(counts(second), { total: 2, failed: 1, slow: 1 });
  });
});
