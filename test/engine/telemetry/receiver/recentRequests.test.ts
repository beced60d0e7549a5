import assert from 'node:assert/strict';
import { RecentRequests } from '../../../../src/engine/telemetry/receiver/recentRequests.ts';
import { ManualClock } from '../../../support/manualClock.ts';

describe('requests that are known again', () => {
  it('are the latest few thousand, however many come', async () => {
    const recent = new RecentRequests(new ManualClock(), () => undefined);
    let made = 0;
    const send = (number: number) =>
      recent.answer('traces', Buffer.from(String(number)), async () => {
        made += 1;
        return { status: 200 };
      });
    for (let number = 0; number < 5_000; number += 1) await send(number);
    await send(4_999);
    assert.equal(made, 5_000);
    await send(0);
    assert.equal(made, 5_001);
  });
});
