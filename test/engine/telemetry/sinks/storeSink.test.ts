import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { unpackSpans } from '../../../../src/engine/store/tables/spanCodec.ts';
import { StoreSink } from '../../../../src/engine/telemetry/sinks/storeSink.ts';
import { oneOfEach } from '../finished.ts';

describe('StoreSink', () => {
  it('gives away each span and log line once, packed before or not', () => {
    const sink = new StoreSink();
    sink.take(oneOfEach);
    sink.pack(oneOfEach.spans[0]?.traceId ?? '');
    sink.take(oneOfEach);
    const { spans, logs } = sink.drain();
    assert.equal(spans.flatMap(unpackSpans).length, 2);
    assert.deepEqual(logs, [...oneOfEach.logs, ...oneOfEach.logs]);
    assert.deepEqual(sink.drain(), { spans: [], logs: [] });
  });
});
