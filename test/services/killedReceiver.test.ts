import assert from 'node:assert/strict';
import { killWhileReceiving } from '../support/otlp/killedReceiver.ts';

describe('a receiver that is killed while it receives', function () {
  this.timeout(120_000);
  this.slow(30_000);

  it('loses no span that it has acknowledged, and stores none twice', async () => {
    const { acknowledged, lost, twice } = await killWhileReceiving(10, 7);
    assert.ok(acknowledged > 0);
    assert.deepEqual({ lost, twice }, { lost: 0, twice: 0 });
  });
});
