import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { CallFacts, Ending } from '../../../src/engine/resilience/policy.ts';
import { SharedLimit } from '../../../src/engine/resilience/sharedLimit.ts';

const NEVER = new AbortController().signal;
const DONE: Ending = { decision: { kind: 'done' }, durationMs: 0, silentMs: 0, tokens: 0, costUsd: 0 };
const unlimited = Number.POSITIVE_INFINITY;

function facts(signal: AbortSignal): CallFacts {
  const estimate = { tokens: 0, costUsd: null };
  return { pool: 'target', caller: '', estimate, signal, deadline: unlimited };
}

/** Starts so many calls that last until they are let go; says how many run. */
function calls(limit: SharedLimit, most: number, count: number, given = NEVER) {
  const running: (() => void)[] = [];
  const all = Array.from({ length: count }, async () => {
    const permit = await limit.policy(most).admit(facts(given));
    await new Promise<void>((resolve) => running.push(resolve));
    permit.settle(DONE);
    permit.settle(DONE);
  });
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

describe('the limit of calls at once', () => {
  it('is the smallest of those under which calls run', async () => {
    const limit = new SharedLimit();
    const few = calls(limit, 2, 1);
    const many = calls(limit, unlimited, 5);
    await settle();
    assert.equal(few.running.length + many.running.length, 2);
    await few.finish();
    assert.equal(many.running.length, 5, 'nobody with a smaller limit is left');
  });

  it('gives leave at once where there is room', () => {
    const permit = new SharedLimit().policy(1).admit(facts(NEVER));
    assert.equal(permit instanceof Promise, false);
  });

  it('lets a smaller limit have its turn, in the order of coming', async () => {
    const limit = new SharedLimit();
    const many = calls(limit, 3, 3);
    const one = calls(limit, 1, 1);
    const later = calls(limit, 3, 1);
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

  it('goes on with those behind one that gives up', async () => {
    const limit = new SharedLimit();
    const many = calls(limit, 3, 1);
    const stop = new AbortController();
    const gaveUp = calls(limit, 1, 1, stop.signal);
    const behind = calls(limit, 3, 1);
    await settle();
    stop.abort(new Error('stopped'));
    await assert.rejects(gaveUp.all, /stopped/);
    await settle();
    assert.deepEqual([many.running.length, behind.running.length], [1, 1]);
  });

  it('never lets more run than any caller allows, and lets every call run in the end', async () => {
    const step = fc.record({
      most: fc.integer({ min: 1, max: 4 }),
      finishFirst: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const limit = new SharedLimit();
        const running: { most: number; end: () => void }[] = [];
        const ends: Promise<void>[] = [];
        const check = () => assert.ok(running.length <= Math.min(...running.map(({ most }) => most), 4));
        const run = async (most: number) => {
          const permit = await limit.policy(most).admit(facts(NEVER));
          await new Promise<void>((resolve) => running.push({ most, end: resolve }));
          permit.settle(DONE);
        };

        for (const { most, finishFirst } of steps) {
          for (let index = 0; index < finishFirst; index++) running.shift()?.end();
          ends.push(run(most));
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
