import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Lane } from '../../../../src/engine/runs/lanes/lane.ts';
import { Chain } from '../../../../src/engine/runs/ordered/chain.ts';

function fail(error: unknown): void {
  throw error;
}

describe('Chain', () => {
  it('runs one task at a time, in order, and never leaves its lane idle in between', async () => {
    const lane = new Lane(4, fail);
    const chain = new Chain();
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c'])
      chain.push(
        (task) => lane.push(task),
        async () => {
          seen.push(`${name} begins`);
          await Promise.resolve();
          seen.push(`${name} ends`);
        },
      );
    await lane.idle();
    assert.deepEqual(
      seen,
      ['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
    assert.equal(chain.left(0), undefined);
  });

  it('goes on after a task that rejects', async () => {
    const errors: unknown[] = [];
    const lane = new Lane(1, (error) => errors.push(error));
    const chain = new Chain();
    let ran = false;
    const put = (task: () => Promise<unknown>): void => lane.push(task);
    chain.push(put, () => Promise.reject(new Error('bug')));
    chain.push(put, async () => {
      ran = true;
    });
    await lane.idle();
    assert.equal(errors.length, 1);
    assert.ok(ran);
  });

  it('drops what waits, and lets go whoever waits for it', async () => {
    const chain = new Chain();
    const kept: (() => Promise<unknown>)[] = [];
    for (let count = 0; count < 3; count += 1)
      chain.push(
        (task) => kept.push(task),
        async () => {},
      );
    const left = chain.left(0);
    assert.ok(left);
    assert.equal(chain.clear(), 2);
    await left;
    await kept[0]?.();
    assert.equal(kept.length, 1);
  });
});
