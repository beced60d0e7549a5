import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { LONGEST_WAIT_MS } from '../../../src/engine/http/retryAfter.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import { backoff, errorType, withRetry } from '../../../src/engine/models/retry.ts';
import { noSpan, type Span } from '../../../src/engine/ports.ts';
import { manualClock } from './manualClock.ts';

const certain = { next: () => 1, hex: () => '' };

function retried(
  error: unknown,
  { deadline = 1e9, signal = new AbortController().signal, elapsed = 0, span = noSpan } = {},
): { done: Promise<unknown>; calls: () => number; sleeps: readonly number[] } {
  const clock = manualClock(1e9);
  clock.advance(elapsed);
  let calls = 0;
  const attempt = async () => {
    calls += 1;
    throw error;
  };
  const done = withRetry(attempt, { clock, random: certain, signal, deadline, span });
  return { done, calls: () => calls, sleeps: clock.sleeps };
}

const busy = (retryAfterMs?: number) =>
  new ModelError('rate-limit', 'busy', {
    transient: true,
    status: 429,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

describe('withRetry', () => {
  it('waits twice as long each time, and never longer than 20 s', async () => {
    assert.deepEqual(
      [1, 2, 6, 7, 20].map((done) => backoff(done, certain)),
      [500, 1000, 16_000, 20_000, 20_000],
    );
    const { done, calls, sleeps } = retried(busy());
    await assert.rejects(done, /^ModelError: busy \(after 4 attempts\)$/);
    assert.deepEqual([calls(), sleeps], [4, [500, 1000, 2000]]);
  });

  it('gives the reason of an abort, whatever the call failed with', async () => {
    const abort = new AbortController();
    abort.abort(new Error('stopped'));
    const { done, calls } = retried(busy(), { signal: abort.signal });
    await assert.rejects(done, /stopped/);
    const final = new ModelError('bad-request', 'no such model', { transient: false });
    await assert.rejects(retried(final, { signal: abort.signal }).done, /stopped/);
    assert.equal(calls(), 1);
  });

  it('repeats no error of another kind, even one that is called transient', async () => {
    const { done, calls } = retried(Object.assign(new Error('odd'), { transient: true }));
    await assert.rejects(done, /odd/);
    assert.equal(calls(), 1);
  });

  it('begins no wait that ends at the deadline or beyond it', async () => {
    const just = retried(busy(2000), { deadline: 2001 });
    await assert.rejects(just.done, /but only 0 s of the call's time are left/);
    assert.equal(just.calls(), 2);
    const exactly = retried(busy(2000), { deadline: 2000 });
    await assert.rejects(
      exactly.done,
      /the limit resets in 2 s, at .*, but only 2 s of the call's time are left/,
    );
    assert.equal(exactly.calls(), 1);
    const later = retried(busy(2000), { deadline: 5000, elapsed: 4000 });
    await assert.rejects(later.done, /but only 1 s of the call's time are left/);
    const past = retried(busy(2000), { deadline: 1000, elapsed: 4000 });
    await assert.rejects(past.done, /but only 0 s of the call's time are left/);
  });

  it('repeats no error of the model that will stay', async () => {
    const { done, calls } = retried(new ModelError('auth', 'no key', { transient: false, status: 401 }));
    await assert.rejects(done, /^ModelError: no key$/);
    assert.equal(calls(), 1);
  });

  it('says each wait in the trace, with the status or the code of the error', async () => {
    const events: [string, object][] = [];
    const span: Span = { ...noSpan, event: (name, attributes = {}) => void events.push([name, attributes]) };
    await assert.rejects(retried(busy(), { span }).done);
    const waited = (attempt: number, ms: number) => ['retry', { attempt, wait_ms: ms, 'error.type': '429' }];
    assert.deepEqual(events, [waited(1, 500), waited(2, 1000), waited(3, 2000)]);
    assert.equal(errorType(new ModelError('network', 'x', { transient: true })), 'network');
  });

  it('says when the limit ends, where that is known', async () => {
    const reason = async (waitMs: number | undefined) =>
      retried(busy(waitMs), { deadline: 160 }).done.then(
        () => '',
        (error: Error) => error.message,
      );
    const left = "but only 0.2 s of the call's time are left)";
    assert.equal(await reason(undefined), `busy (the next attempt would begin in 0.5 s, ${left}`);
    assert.equal(await reason(LONGEST_WAIT_MS), `busy (the limit resets in more than a year, ${left}`);
    assert.match(
      await reason(LONGEST_WAIT_MS - 1000),
      /^busy \(the limit resets in \d+ s, at \d{4}-[^,]+Z, but only/,
    );
    assert.equal(
      await reason(10_040),
      `busy (the limit resets in 10 s, at 2026-11-05T12:00:10.040Z, ${left}`,
    );
    assert.equal(
      await reason(10_050),
      `busy (the limit resets in 10.1 s, at 2026-11-05T12:00:10.050Z, ${left}`,
    );
  });
});
