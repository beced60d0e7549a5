import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ProviderLimits } from '../../../src/engine/models/providerLimits.ts';

const { signal } = new AbortController();
const SERVER = 'http://x/v1';

/** Starts so many calls that last until they are let go; says how many run. */
function calls(limiter: ReturnType<ProviderLimits['of']>, count: number, given = signal) {
  const running: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => running.push(resolve));
  const all = Array.from({ length: count }, () => limiter.run(work, given));
  for (const one of all) one.catch(() => {});
  return {
    running,
    async finish() {
      running.shift()?.();
      await settle();
    },
    all: Promise.all(all),
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('limits of providers', () => {
  it('are one for a server, however often it is asked for', async () => {
    const limits = new ProviderLimits();
    const first = calls(limits.of('a', SERVER, 1), 1);
    const second = calls(limits.of('a', SERVER, 1), 1);
    const elsewhere = calls(limits.of('a', 'http://y/v1', 1), 1);
    const other = calls(limits.of('b', SERVER, 1), 1);
    await settle();
    assert.deepEqual(
      [first, second, elsewhere, other].map(({ running }) => running.length),
      [1, 0, 1, 1],
    );
    await first.finish();
    assert.equal(second.running.length, 1);
  });

  it('are the smallest of those under which calls run', async () => {
    const limits = new ProviderLimits();
    const few = calls(limits.of('a', SERVER, 2), 1);
    const many = calls(limits.of('a', SERVER), 5);
    await settle();
    assert.equal(few.running.length + many.running.length, 2);
    await few.finish();
    assert.equal(many.running.length, 5, 'nobody with a smaller limit is left');
  });

  it('let a smaller limit have its turn, in the order of coming', async () => {
    const limits = new ProviderLimits();
    const many = calls(limits.of('a', SERVER, 3), 3);
    const one = calls(limits.of('a', SERVER, 1), 1);
    const later = calls(limits.of('a', SERVER, 3), 1);
    await settle();
    assert.equal(many.running.length, 3);
    await many.finish();
    await many.finish();
    assert.equal(one.running.length, 0);
    await many.finish();
    assert.equal(one.running.length, 1);
    assert.equal(later.running.length, 0);
    await one.finish();
    assert.equal(later.running.length, 1);
  });

  it('go on with those behind one that gives up', async () => {
    const limits = new ProviderLimits();
    const many = calls(limits.of('a', SERVER, 3), 1);
    const stop = new AbortController();
    const gaveUp = calls(limits.of('a', SERVER, 1), 1, stop.signal);
    const behind = calls(limits.of('a', SERVER, 3), 1);
    await settle();
    stop.abort(new Error('stopped'));
    await assert.rejects(gaveUp.all, /stopped/);
    await settle();
    assert.deepEqual([many.running.length, behind.running.length], [1, 1]);
  });

  it('never let more run than any of them allows, and let every call run in the end', async () => {
    const step = fc.record({
      most: fc.integer({ min: 1, max: 4 }),
      finishFirst: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const limits = new ProviderLimits();
        const running: { most: number; end: () => void }[] = [];
        const ends: Promise<void>[] = [];
        const check = () => assert.ok(running.length <= Math.min(...running.map(({ most }) => most), 4));

        for (const { most, finishFirst } of steps) {
          for (let index = 0; index < finishFirst; index++) running.shift()?.end();
          ends.push(
            limits
              .of('a', SERVER, most)
              .run(() => new Promise<void>((resolve) => running.push({ most, end: resolve })), signal),
          );
          await settle();
          check();
        }
        while (running.length > 0) {
          running.shift()?.end();
          await settle();
          check();
        }
        await Promise.all(ends);
      }),
      { numRuns: 100 },
    );
  });
});
