import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { packSpans, unpackSpans } from '../../../src/engine/store/tables/spanCodec.ts';

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
/** Whole microseconds: what the stored form keeps. */
const time = fc.integer({ min: 0, max: 1_000_000_000 }).map((micros) => 1_700_000_000_000 + micros / 1000);
const attributes = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
  noNullPrototype: true,
});
const traceId = 'a'.repeat(32);

const span: fc.Arbitrary<SpanRecord> = fc
  .record({
    spanId: hex(16),
    parentSpanId: fc.option(hex(16)),
    name: fc.string(),
    kind: fc.constantFrom('internal', 'server', 'client', 'producer', 'consumer'),
    startMs: time,
    endMs: time,
    status: fc.constantFrom('unset', 'ok', 'error'),
    statusMessage: fc.string({ minLength: 1 }),
    attributes,
    events: fc.array(fc.record({ name: fc.string(), timeMs: time, attributes }), { maxLength: 3 }),
    links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16) }), { maxLength: 2 }),
    service: fc.string(),
  })
  .map((record) => ({ traceId, ...record }) as SpanRecord);

describe('spanCodec', () => {
  it('gives back every span, to the microsecond', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
        const back = unpackSpans(packSpans(traceId, spans));
        assert.equal(back.length, spans.length);
        for (const [index, original] of spans.entries()) {
          const found = back[index];
          assert.ok(found);
          assert.ok(Math.abs(found.endMs - original.endMs) < 0.002);
          const times = { endMs: 0, events: [] };
          assert.deepEqual({ ...found, ...times }, JSON.parse(JSON.stringify({ ...original, ...times })));
          assert.deepEqual(
            found.events.map((event) => event.attributes),
            JSON.parse(JSON.stringify(original.events.map((event) => event.attributes))),
          );
        }
      }),
    );
  });
});
