import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Turns } from '../../../../src/engine/runs/lanes/turns.ts';

describe('turns of work that waits for nothing', () => {
  it('lets others go on after a stretch, whichever of its parts comes first, and not before', async () => {
    let now = 0;
    const turns = new Turns({ monotonic: () => now });
    let others = 0;
    const other = () => {
      others += 1;
    };

    setImmediate(other);
    await turns.take();
    assert.equal(others, 0);

    now = 8;
    await Promise.all([turns.take(), turns.take()]);
    assert.equal(others, 1);

    setImmediate(other);
    await turns.take();
    assert.equal(others, 1);
  });
});
