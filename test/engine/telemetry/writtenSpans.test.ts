import assert from 'node:assert/strict';
import { readWrittenSpans, WrittenSpans } from '../../../src/engine/telemetry/writtenSpans.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { spanRecord } from '../../support/spanRecord.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const traceId = 'a'.repeat(32);
const saying = (spanId: string, said: string) => spanRecord({ traceId, spanId, attributes: { said } });

function takeAll(written: WrittenSpans) {
  const taken = [];
  for (let next = written.take(); next; next = written.take()) taken.push(next);
  return taken;
}

describe('spans that are written at once', () => {
  it('read as they were, whatever they say and however long it is', () => {
    const spans = [
      saying('1', 'line\nline\r\n\u2028 "quoted" \\ {} '),
      saying('2', 'Gr\u00fc\u00dfe \u{1f600} \ud800 \0'),
      saying('3', '\u20ac'.repeat(1_000_000)),
      { ...saying('4', ''), startMs: 1796063468674.637 },
    ];
    const written = new WrittenSpans();
    for (const span of spans) written.add(span);
    assert.equal(written.spans, 4);

    const read = takeAll(written).flatMap(({ bytes }) => readWrittenSpans(bytes));
    assert.deepEqual(
      read.map(({ body }) => JSON.parse(body)),
      spans.map((span) => JSON.parse(JSON.stringify(span))),
    );
    assert.deepEqual(
      read.map(({ traceId: trace, spanId, startMs }) => [trace, spanId, startMs]),
      spans.map((span) => [span.traceId, span.spanId, span.startMs]),
    );
    assert.deepEqual([written.spans, written.bytes, written.take()], [0, 0, undefined]);
  });

  it('are taken in the order in which they came, in few pieces of which each has its own buffer', () => {
    const written = new WrittenSpans();
    for (let at = 0; at < 3_000; at += 1) written.add(saying(String(at), 'x'.repeat(1_000)));
    const taken = takeAll(written);
    assert.ok(taken.length < 10);
    assert.equal(new Set(taken.map(({ bytes }) => bytes.buffer)).size, taken.length);
    const ids = taken.flatMap(({ bytes, spans }) => {
      const read = readWrittenSpans(bytes);
      assert.equal(read.length, spans);
      return read.map(({ spanId }) => Number(spanId));
    });
    assert.deepEqual(
      ids,
      Array.from({ length: 3_000 }, (_, at) => at),
    );
  });

  it('are stored like others', () => {
    const store = new TraceStore(traceStorePath(temporaryFolder({ '.touchstone/x': '' })));
    const written = new WrittenSpans();
    written.add(saying('1', 'hello'));
    const [taken] = takeAll(written);
    store.append(readWrittenSpans(taken?.bytes ?? new Uint8Array()), []);
    assert.deepEqual(store.append([saying('1', 'hello')], []).duplicates, 1);
    assert.deepEqual(store.records(traceId).spans, [saying('1', 'hello')]);
    store.close();
  });
});
