import assert from 'node:assert/strict';
import { StoreError } from '../../../../src/engine/errors.ts';
import { SpanQueue } from '../../../../src/engine/gateway/exchange/spanQueue.ts';
import { readWrittenSpans } from '../../../../src/engine/telemetry/writtenSpans.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { spanRecord } from '../../../support/spanRecord.ts';

describe('spans of the gateway on their way to the store', () => {
  const spans = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      spanRecord({ traceId: '1'.repeat(32), spanId: at.toString(16).padStart(16, '0') }),
    );

  function opened() {
    const clock = new ManualClock();
    const stored: string[] = [];
    const state: { error: Error | undefined } = { error: undefined };
    const queue = new SpanQueue(
      {
        keep: async (written) => {
          if (state.error) throw state.error;
          stored.push(...readWrittenSpans(written).map(({ spanId }) => spanId));
        },
      },
      { clock, log: { write: () => {} } },
    );
    return { clock, stored, state, queue };
  }

  it('wait while the store is full or locked, and are stored in their order afterwards', async () => {
    const { clock, stored, state, queue } = opened();
    state.error = new StoreError('the disk is full');
    queue.add(spans(1_200));
    await clock.advance(5_000);
    assert.equal(queue.problem, 'traces of requests cannot be stored at the moment: the disk is full');
    assert.deepEqual(stored, []);

    state.error = undefined;
    await clock.advance(2_000);
    assert.deepEqual(
      stored,
      spans(1_200).map(({ spanId }) => spanId),
    );
    assert.equal(queue.problem, null);
  });

  it('are stored once where it is closed meanwhile', async () => {
    const { clock, stored, queue } = opened();
    queue.add(spans(5));
    await clock.advance(200);
    queue.add(spans(2));
    const advancing = clock.advance(200);
    await Promise.all([queue.close(), advancing]);
    assert.equal(stored.length, 7);
  });

  it('are counted where too many wait', async () => {
    const { clock, stored, state, queue } = opened();
    state.error = new StoreError('the disk is full');
    queue.add(spans(10_007));
    await clock.advance(5_000);
    assert.match(queue.problem ?? '', /the disk is full; 7 spans lost so far$/);
    state.error = undefined;
    await clock.advance(2_000);
    assert.equal(stored.length, 10_000);
  });

  it('stand in nobody’s way where a bug keeps them from being stored', async () => {
    const { clock, stored, state, queue } = opened();
    state.error = new TypeError('bug');
    queue.add(spans(3));
    await clock.advance(3_000);
    state.error = undefined;
    queue.add(spans(2));
    await clock.advance(3_000);
    assert.equal(stored.length, 2);
    await queue.close();
  });
});
