import assert from 'node:assert/strict';
import { it } from 'mocha';
import { type Finished, NOTHING, type TelemetrySink } from '../../../../src/engine/telemetry/sinks/sink.ts';
import { oneOfEach, someSpans } from '../finished.ts';

export interface SinkUnderTest extends AsyncDisposable {
  sink: TelemetrySink;
  /** How many spans have come out at the other end; undefined for a sink that passes nothing on. */
  spans?(): number;
}

/** What holds of every sink. */
export function conformsToSink(open: () => Promise<SinkUnderTest>): void {
  const { signal } = new AbortController();

  it('has a name', async () => {
    await using tested = await open();
    assert.notEqual(tested.sink.name, '');
  });

  it('takes nothing at all, and is flushed where it has taken nothing', async () => {
    await using tested = await open();
    await tested.sink.take(NOTHING, signal);
    await tested.sink.flush(signal);
    await tested.sink.flush(signal);
  });

  it('leaves what it is given as it is', async () => {
    await using tested = await open();
    const finished = deepFreeze(structuredClone(oneOfEach));
    await tested.sink.take(finished, signal);
    await tested.sink.flush(signal);
    assert.deepEqual(finished, oneOfEach);
  });

  it('passes on each span once, at the latest when it is flushed', async () => {
    await using tested = await open();
    await tested.sink.take(someSpans(3), signal);
    await tested.sink.take(someSpans(2), signal);
    await tested.sink.flush(signal);
    await tested.sink.flush(signal);
    if (tested.spans) assert.equal(tested.spans(), 5);
  });

  it('ends when it is aborted, whatever it still holds', async () => {
    await using tested = await open();
    await tested.sink.take(someSpans(1), signal);
    const aborted = AbortSignal.abort(new Error('closed'));
    await Promise.resolve(tested.sink.flush(aborted)).catch((error: unknown) =>
      assert.equal(error, aborted.reason),
    );
  });
}

function deepFreeze(finished: Finished): Finished {
  const freeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  };
  freeze(finished);
  return finished;
}
