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

/** The same allowance from the list of all that was taken, anew for each question. */
class Reference {
  readonly #perMinute: number;
  readonly #burst: number;
  readonly #taken: { at: number; amount: number }[];
  #level: number;
  #at: number | undefined;

  constructor(perMinute: number, burstMs: number, used: readonly { at: number; amount: number }[]) {
    this.#perMinute = perMinute;
    this.#burst = Math.max((perMinute * burstMs) / 60_000, Math.min(perMinute, 5));
    this.#level = this.#burst;
    this.#taken = used.map((one) => ({ ...one }));
  }

  at(amount: number, now: number): number {
    this.#pass(now);
    const wanted = Math.min(amount, this.#perMinute);
    const recent = this.#taken.filter(({ at }) => at + 60_500 > now);
    let excess = recent.reduce((sum, one) => sum + one.amount, wanted) - this.#perMinute;
    let window = now;
    for (const one of recent) {
      if (excess <= 1e-9) break;
      excess -= one.amount;
      window = one.at + 60_500;
    }
    const missing = Math.min(wanted, this.#burst) - this.#level;
    const bucket = missing <= 1e-9 ? now : now + (missing * 60_500) / this.#perMinute;
    return Math.max(excess <= 1e-9 ? window : now, bucket);
  }

  take(amount: number, now: number): (actual: number) => void {
    this.#pass(now);
    const one = { at: now, amount };
    this.#taken.push(one);
    this.#level -= amount;
    return (actual) => {
      this.#level = Math.min(this.#burst, this.#level + one.amount - actual);
      one.amount = actual;
    };
  }

  #pass(now: number): void {
    const forMs = Math.max(0, now - (this.#at ?? now));
    this.#level = Math.min(this.#burst, this.#level + (forMs * this.#perMinute) / 60_500);
    this.#at = Math.max(now, this.#at ?? now);
  }
}

describe('a limit per minute and its reference', () => {
  it('agree on every time, whatever is taken and corrected, also after thousands', () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.oneof(fc.constant(0), fc.nat(2000), fc.nat(70_000)),
        amount: fc.integer({ min: 0, max: 40 }),
        actual: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined }),
        late: fc.nat(3),
      }),
      { maxLength: 120 },
    );
    const used = fc.array(fc.record({ at: fc.nat(9000), amount: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        steps,
        used,
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom(1000, 10_000),
        (...given) => {
          const [taken, before, perMinute, burstMs] = given;
          const sorted = before.sort((one, other) => one.at - other.at);
          const limit = new MinuteLimit(perMinute, burstMs, sorted);
          const reference = new Reference(perMinute, burstMs, sorted);
          const open: ((actual: number) => void)[][] = [];
          let now = 9000;
          for (const { afterMs, amount, actual, late } of taken) {
            now += afterMs;
            assert.ok(Math.abs(limit.at(amount, now) - reference.at(amount, now)) < 1e-3);
            open.push([limit.take(amount, now), reference.take(amount, now)]);
            if (actual !== undefined) for (const correct of open.at(-1 - late) ?? []) correct(actual);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('agree where so much was taken that the oldest is thrown away', () => {
    const limit = new MinuteLimit(6000, 1000);
    const reference = new Reference(6000, 1000, []);
    for (let call = 0; call < 9000; call += 1) {
      const now = call * 11;
      limit.take(1, now);
      reference.take(1, now);
      if (call % 500 === 499) assert.ok(Math.abs(limit.at(3000, now) - reference.at(3000, now)) < 1e-3);
    }
  });
});
