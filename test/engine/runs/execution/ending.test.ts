import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'mocha';
import { systemClock } from '../../../../src/engine/ports.ts';
import { Ending } from '../../../../src/engine/runs/execution/ending.ts';
import type { RunLimit } from '../../../../src/engine/runs/execution/runLimit.ts';

const abort = (text: string) => new DOMException(text, 'AbortError');

function limitOf(signal: AbortSignal): RunLimit {
  return {
    signal,
    reason: 'spent',
    open: () => {},
    admit: async () => true,
    stored: () => {},
    giveUp: () => {},
    release: () => {},
  };
}

function opened({ left = 0, limited = false } = {}) {
  const [person, enough, limit] = [new AbortController(), new AbortController(), new AbortController()];
  const ending = new Ending({
    clock: systemClock,
    signal: person.signal,
    enough: enough.signal,
    ...(limited ? { limit: limitOf(limit.signal) } : {}),
  });
  let drops = 0;
  ending.onEnd(() => {
    drops += 1;
    return left;
  });
  return { ending, person, enough, limit, drops: () => drops };
}

describe('the end of an attempt', () => {
  it('leaves nobody listening once the attempt is done, and drops nothing later', () => {
    const { ending, person, limit, drops } = opened({ left: 2, limited: true });
    ending.close();
    for (const signal of [ending.signal, limit.signal])
      assert.deepEqual(getEventListeners(signal, 'abort'), []);
    limit.abort();
    person.abort();
    assert.equal(drops(), 0);
  });

  it('is none while nothing happens', () => {
    const { ending, drops } = opened();
    assert.equal(ending.admits(), true);
    assert.equal(ending.interrupted, false);
    assert.equal(drops(), 0);
  });

  it('is an interruption by the person, which drops what waits', () => {
    const { ending, person, drops } = opened({ left: 3 });
    person.abort(abort('stop'));
    assert.equal(ending.signal.aborted, true);
    assert.deepEqual([ending.admits(), ending.interrupted, drops()], [false, true, 1]);
  });

  it('is complete where there is enough, and interrupted where the person stopped it too', () => {
    const { ending, enough, person } = opened({ left: 3 });
    enough.abort(abort('settled'));
    assert.deepEqual([ending.admits(), ending.interrupted], [false, false]);
    person.abort(abort('stop'));
    assert.equal(ending.interrupted, true);
  });

  it('is an interruption by a limit only where trials are left; those under way go on', () => {
    for (const [left, interrupted] of [
      [0, false],
      [2, true],
    ] as const) {
      const { ending, limit } = opened({ left, limited: true });
      limit.abort('spent');
      assert.equal(ending.signal.aborted, false);
      assert.equal(ending.interrupted, interrupted);
    }
    const { ending, limit } = opened({ limited: true });
    limit.abort('spent');
    assert.equal(ending.admits(), false);
    assert.equal(ending.interrupted, true, 'a case was there that was not let in');
  });

  it('keeps the first failure, and takes no abort that follows for one', () => {
    const { ending, drops } = opened();
    const first = new Error('first');
    ending.fail(first);
    ending.fail(new Error('second'));
    assert.equal(ending.failure?.error, first);
    assert.deepEqual([ending.signal.aborted, ending.interrupted, drops()], [true, true, 1]);

    const { ending: stopped, person } = opened();
    person.abort(abort('stop'));
    const bug = new Error('a bug in the midst of it');
    const failures = [person.signal.reason, bug].map((error) => {
      stopped.fail(error);
      return stopped.failure;
    });
    assert.deepEqual(failures, [undefined, { error: bug }]);
  });
});
