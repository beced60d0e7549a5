import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ProviderLimits } from '../../../src/engine/models/providerLimits.ts';

const { signal } = new AbortController();

/** Starts so many calls that last until they are let go; says how many run. */
function calls(limiter: ReturnType<ProviderLimits['of']>, count: number) {
  const running: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => running.push(resolve));
  const all = Array.from({ length: count }, () => limiter.run(work, signal));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    running,
    settle,
    async finish() {
      running.shift()?.();
      await settle();
    },
    all: Promise.all(all),
  };
}

describe('limits of providers', () => {
  it('are one for a server, however often it is asked for', () => {
    const limits = new ProviderLimits();
    assert.equal(limits.of('a', 'http://x/v1', 1), limits.of('a', 'http://x/v1', 1));
    assert.notEqual(limits.of('a', 'http://x/v1', 1), limits.of('a', 'http://y/v1', 1));
    assert.notEqual(limits.of('a', 'http://x/v1', 1), limits.of('b', 'http://x/v1', 1));
  });

  it('are the smallest that a server is configured with', async () => {
    const limits = new ProviderLimits();
    limits.of('a', 'http://x/v1', 3);
    limits.of('a', 'http://x/v1', 2);
    limits.of('a', 'http://x/v1');
    const { running, settle } = calls(limits.of('a', 'http://x/v1', 3), 5);
    await settle();
    assert.equal(running.length, 2);
  });

  it('let what runs end where they are lowered meanwhile', async () => {
    const limits = new ProviderLimits();
    const under = calls(limits.of('a', 'http://x/v1', 3), 5);
    await under.settle();
    assert.equal(under.running.length, 3);
    limits.of('a', 'http://x/v1', 1);
    await under.finish();
    assert.equal(under.running.length, 2);
    await under.finish();
    assert.equal(under.running.length, 1);
    await under.finish();
    assert.equal(under.running.length, 1, 'the next one begins when a place of the lower limit is free');
    await under.finish();
    await under.finish();
    await under.all;
  });
});
