import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readSpans } from '../../../../src/engine/telemetry/receiver/readSpans.ts';

const span = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'EEE19B7EC3C1B174',
  parentSpanId: 'EEE19B7EC3C1B173',
  name: 'execute_tool lookup_order',
  kind: 1,
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000500000',
  attributes: [
    { key: 'gen_ai.tool.name', value: { stringValue: 'lookup_order' } },
    { key: 'big', value: { intValue: '9223372036854775807' } },
    { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { boolValue: true }] } } },
  ],
  status: { code: 'STATUS_CODE_ERROR', message: 'not found' },
  droppedAttributesCount: 3,
};

function request(spans: unknown[]): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'agent' } }] },
        scopeSpans: [{ scope: { name: 'x' }, spans }],
      },
    ],
  };
}

describe('readSpans', () => {
  it('reads a span as the specification writes it', () => {
    const read = readSpans(request([span]));
    assert.deepEqual(read, {
      rejected: 0,
      records: [
        {
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: 'eee19b7ec3c1b174',
          parentSpanId: 'eee19b7ec3c1b173',
          name: 'execute_tool lookup_order',
          kind: 'internal',
          startMs: 1544712660000,
          endMs: 1544712661000.5,
          status: 'error',
          statusMessage: 'not found',
          attributes: { 'gen_ai.tool.name': 'lookup_order', big: '9223372036854775807', list: [1, true] },
          events: [],
          links: [],
          service: 'agent',
          scope: 'x',
        },
      ],
      reasons: [],
    });
  });

  it('keeps good spans beside malformed ones and counts those', () => {
    const read = readSpans(request([span, { ...span, traceId: 'zz' }, null, { name: 'x' }]));
    assert.equal(read?.records.length, 1);
    assert.equal(read?.rejected, 3);
  });

  it('refuses what is not OTLP', () => {
    for (const value of [null, 1, 'x', { traces: [] }, { resourceSpans: 1 }])
      assert.equal(readSpans(value), null);
  });

  it('keeps hostile keys as data', () => {
    const hostile = { ...span, attributes: [{ key: '__proto__', value: { stringValue: 'x' } }] };
    const read = readSpans(request([hostile]));
    assert.ok(Object.hasOwn(read?.records[0]?.attributes ?? {}, '__proto__'));
    assert.equal(({} as { stringValue?: string }).stringValue, undefined);
  });
});
