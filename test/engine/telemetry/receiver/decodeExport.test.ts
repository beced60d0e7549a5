import assert from 'node:assert/strict';
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';
import type { SpanRecord } from '../../../../src/engine/model/span.ts';
import { OtlpRecords } from '../../../../src/engine/telemetry/otlp/otlpRecords.ts';
import {
  decodeLogs,
  decodeTraces,
  MalformedExport,
} from '../../../../src/engine/telemetry/receiver/decodeExport.ts';
import { messageType } from '../../../../src/engine/telemetry/receiver/protobufSchema.ts';
import { readSpans } from '../../../../src/engine/telemetry/receiver/readSpans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const NANOS = '1795982715870000000';

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function request(...spans: JsonValue[]): Uint8Array {
  return json({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

function span(over: JsonObject = {}): JsonObject {
  return {
    traceId: TRACE,
    spanId: SPAN,
    name: 'n',
    startTimeUnixNano: NANOS,
    endTimeUnixNano: NANOS,
    ...over,
  };
}

const record: SpanRecord = {
  traceId: TRACE,
  spanId: SPAN,
  parentSpanId: '00f067aa0ba902b7',
  name: 'chat m',
  kind: 'client',
  startMs: 1_795_982_715_870.123,
  endMs: 1_795_982_716_001.5,
  status: 'error',
  statusMessage: 'no',
  attributes: { text: 'ä 🙂', number: 1.5, whole: 7, yes: true, list: ['a', 'b'] },
  events: [{ name: 'first_token', timeMs: 1_795_982_715_990.25, attributes: { at: 1 } }],
  links: [{ traceId: TRACE, spanId: SPAN }],
  service: 'agent',
  scope: 'touchstone',
};

describe('spans out of OTLP', () => {
  for (const [encoding, serializer] of [
    ['protobuf', ProtobufTraceSerializer],
    ['json', JsonTraceSerializer],
  ] as const) {
    it(`are in ${encoding} what OpenTelemetry's own exporter sent`, () => {
      const body = serializer.serializeRequest([new OtlpRecords().span(record)]);
      assert.ok(body);
      assert.deepEqual(decodeTraces(body, encoding), { records: [record], rejected: 0, reasons: [] });
    });
  }

  it('keep integers beyond 2^53, and NaN, as they are', () => {
    const attributes = [
      { key: 'id', value: { intValue: '9007199254740993' } },
      { key: 'low', value: { intValue: '-9007199254740993' } },
      { key: 'small', value: { intValue: '-5' } },
      { key: 'nan', value: { doubleValue: 'NaN' } },
      { key: 'none', value: {} },
      {
        key: 'map',
        value: {
          kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [{ boolValue: false }] } } }] },
        },
      },
      { key: 'bytes', value: { bytesValue: 'AQI=' } },
    ];
    const expected = {
      id: '9007199254740993',
      low: '-9007199254740993',
      small: -5,
      nan: 'NaN',
      none: null,
      map: { a: [false] },
      bytes: 'AQI=',
    };
    const type = messageType('TraceRequest');
    const message = {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: Buffer.from(TRACE, 'hex'),
                  spanId: Buffer.from(SPAN, 'hex'),
                  startTimeUnixNano: NANOS,
                  endTimeUnixNano: NANOS,
                  attributes: attributes.map(({ key, value }) =>
                    key === 'nan' ? { key, value: { doubleValue: Number.NaN } } : { key, value },
                  ),
                },
              ],
            },
          ],
        },
      ],
    };

    const fromJson = decodeTraces(request(span({ attributes })), 'json');
    const fromProtobuf = decodeTraces(type.encode(type.fromObject(message)).finish(), 'protobuf');

    assert.deepEqual(fromJson.records[0]?.attributes, expected);
    assert.deepEqual(fromProtobuf.records[0]?.attributes, expected);
  });

  it('have no value where a field of it is null, and another where another is set', () => {
    const attributes = [
      { key: 'other', value: { stringValue: null, intValue: '5' } },
      { key: 'no', value: { boolValue: null } },
    ];
    assert.deepEqual(decodeTraces(request(span({ attributes })), 'json').records[0]?.attributes, {
      other: 5,
      no: null,
    });
  });

  it('are cut off where values are nested too deeply, as in protobuf', () => {
    let deep: JsonObject = { stringValue: 'inside' };
    for (let depth = 0; depth < 70; depth += 1)
      deep = { kvlistValue: { values: [{ key: 'k', value: deep }] } };
    const body = request(span(), span({ attributes: [{ key: 'k', value: deep }] }));
    const { records, rejected } = decodeTraces(body, 'json');
    assert.deepEqual([records.length, rejected], [2, 0]);
    assert.match(JSON.stringify(records[1]?.attributes), /^(\{"k":){65}null\}{65}$/);
  });

  it('are kept where others of the same request are malformed, and each fault is said once', () => {
    const bad = [
      span({ traceId: 'CvdlGRbNQ92ESOshHIAxnA==' }),
      span({ spanId: 't61rcWkgMzE=' }),
      span({ traceId: '0'.repeat(32) }),
      span({ spanId: '' }),
      span({ startTimeUnixNano: { low: 1, high: 2 } }),
      span({ startTimeUnixNano: '0' }),
      span({ parentSpanId: 'xyz' }),
      'no span',
    ];
    const { records, rejected, reasons } = decodeTraces(request(span(), ...bad, ...bad), 'json');

    assert.deepEqual([records.length, rejected], [1, 16]);
    assert.deepEqual(reasons, [
      'a trace id must have 32 hexadecimal digits; this one looks like Base64, which OTLP/JSON does not use for ids',
      'a span id must have 16 hexadecimal digits; this one looks like Base64, which OTLP/JSON does not use for ids',
      'a trace id is all zeros',
      'a span id is missing',
      'startTimeUnixNano is no time in nanoseconds: it is an object, where a text of digits belongs',
    ]);
  });

  for (const [what, part, count, reason] of [
    ['scopes that are no list', { scopeSpans: 5 }, 1, 'scopeSpans is no list'],
    ['spans that are no list', { scopeSpans: [{ spans: span() }] }, 1, 'spans is no list'],
    [
      'a scope that is none',
      { scopeSpans: [{ scope: 'x', spans: [span(), span()] }] },
      2,
      'scope is no object',
    ],
    ['a scope entry that is none', { scopeSpans: ['x'] }, 1, 'an entry of scopeSpans is no object'],
    [
      'a resource that is none',
      { resource: 5, scopeSpans: [{ spans: [span()] }] },
      1,
      'resource is no object',
    ],
    [
      'attributes of a resource that are no list',
      { resource: { attributes: { a: 1 } }, scopeSpans: [{ spans: [span(), span(), span()] }] },
      3,
      'resource.attributes is no list',
    ],
    [
      'the form of 2021',
      { instrumentationLibrarySpans: [{ spans: [span(), span()] }] },
      2,
      'instrumentationLibrarySpans is not part of OTLP any more: update the exporter',
    ],
    [
      'attributes that are no list',
      { scopeSpans: [{ spans: [span({ attributes: { a: 1 } })] }] },
      1,
      'attributes is no list',
    ],
    [
      'a value that stands bare',
      { scopeSpans: [{ spans: [span({ attributes: [{ key: 'a', value: 'x' }] })] }] },
      1,
      'the value of a is no object',
    ],
    [
      'an event that is none',
      { scopeSpans: [{ spans: [span({ events: ['x'] })] }] },
      1,
      'an event is no object',
    ],
    ['links that are no list', { scopeSpans: [{ spans: [span({ links: {} })] }] }, 1, 'links is no list'],
    [
      'a time before 1970',
      { scopeSpans: [{ spans: [span({ startTimeUnixNano: '-5' })] }] },
      1,
      'startTimeUnixNano is no time in nanoseconds',
    ],
    [
      'a time of more than 64 bits',
      { scopeSpans: [{ spans: [span({ endTimeUnixNano: '18446744073709551616' })] }] },
      1,
      'endTimeUnixNano is no time in nanoseconds',
    ],
  ] as const)
    it(`say of ${what} that they were not taken, beside others that are`, () => {
      const body = json({ resourceSpans: [part, { scopeSpans: [{ spans: [span()] }] }] });
      const { records, rejected, reasons } = decodeTraces(body, 'json');
      assert.deepEqual([records.length, rejected, reasons], [1, count, [reason]]);
    });

  it('cut values off that are nested without end', () => {
    let deep: JsonObject = { stringValue: 'inside' };
    for (let depth = 0; depth < 70; depth += 1) deep = { arrayValue: { values: [deep] } };
    const spans = [span({ attributes: [{ key: 'deep', value: deep }] })];
    const [read] = readSpans({ resourceSpans: [{ scopeSpans: [{ spans }] }] })?.records ?? [];
    assert.match(JSON.stringify(read?.attributes), /^\{"deep":\[{64}null\]{64}\}$/);
  });

  it('have events that happened when the span began, where they say no time', () => {
    const [read] = decodeTraces(request(span({ events: [{ name: 'e' }] })), 'json').records;
    assert.deepEqual(read?.events, [{ name: 'e', timeMs: read?.startMs, attributes: {} }]);
  });

  it('may lie as far ahead as 64 bits reach', () => {
    const end = '18446744073709551615';
    const [far] = decodeTraces(
      request(span({ startTimeUnixNano: end, endTimeUnixNano: end })),
      'json',
    ).records;
    assert.deepEqual([far?.startMs, far?.endMs], [18_446_744_073_709.55, 18_446_744_073_709.55]);
  });

  it('take ids in capitals, a parent of zeros for none, kinds by name, and an end before the start for no time', () => {
    const odd = span({
      traceId: TRACE.toUpperCase(),
      parentSpanId: '0'.repeat(16),
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR' },
      endTimeUnixNano: '1',
      unknownField: { deep: [1] },
    });
    const [read] = decodeTraces(request(odd), 'json').records;

    assert.equal(read?.traceId, TRACE);
    assert.deepEqual([read?.parentSpanId, read?.kind, read?.status], [null, 'client', 'error']);
    assert.equal(read?.endMs, read?.startMs);
  });

  it('are none in an empty request, in either encoding', () => {
    const none = { records: [], rejected: 0, reasons: [] };
    assert.deepEqual(decodeTraces(json({}), 'json'), none);
    assert.deepEqual(decodeTraces(json({ resourceSpans: [] }), 'json'), none);
    assert.deepEqual(decodeTraces(new Uint8Array(), 'protobuf'), none);
  });

  it('change no prototype', () => {
    const attributes = [
      { key: '__proto__', value: { kvlistValue: { values: [{ key: 'polluted', value: { intValue: 1 } }] } } },
    ];
    decodeTraces(request(span({ attributes })), 'json');
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  for (const [what, body, encoding] of [
    ['what is no JSON', Buffer.from('{'), 'json'],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'json'],
    ['another document', json({ traces: [] }), 'json'],
    ['a list', json([]), 'json'],
    ['JSON that is nested 200,000 deep', Buffer.from('['.repeat(200_000)), 'json'],
    ['bytes that break off', Buffer.from([0x0a, 0x7f, 0x01]), 'protobuf'],
    ['bytes of another kind', Buffer.from('hello, world'), 'protobuf'],
  ] as const) {
    it(`refuse ${what}`, () => assert.throws(() => decodeTraces(body, encoding), MalformedExport));
  }

  it('are read, or refused, from any bytes and from any JSON', () => {
    const readOrRefuse = (body: Uint8Array, encoding: 'protobuf' | 'json') => {
      for (const decode of [decodeTraces, decodeLogs]) {
        try {
          decode(body, encoding);
        } catch (error) {
          assert.ok(error instanceof MalformedExport, String(error));
        }
      }
    };
    const good =
      ProtobufTraceSerializer.serializeRequest([new OtlpRecords().span(record)]) ?? new Uint8Array();
    const edit = fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) });

    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => readOrRefuse(bytes, 'protobuf')));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        const bytes = Uint8Array.from(good);
        for (const { at, byte } of edits) bytes[at] = byte;
        readOrRefuse(bytes, 'protobuf');
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, value) => {
        readOrRefuse(Buffer.from(text), 'json');
        readOrRefuse(json({ resourceSpans: value }), 'json');
        readOrRefuse(
          json({ resourceSpans: [{ resource: value, scopeSpans: [{ scope: value, spans: [value] }] }] }),
          'json',
        );
        readOrRefuse(
          json({ resourceLogs: [{ scopeLogs: [{ logRecords: [value, { body: value }] }] }] }),
          'json',
        );
        readOrRefuse(
          request(
            span({
              attributes: value as JsonValue,
              events: [value as JsonValue],
              status: value as JsonValue,
            }),
          ),
          'json',
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('log records out of OTLP', () => {
  const line = {
    timeMs: 1_795_982_715_870.5,
    level: 'warn' as const,
    message: 'slow',
    traceId: TRACE,
    spanId: SPAN,
    fields: { order: 'A1' },
  };

  for (const [encoding, serializer] of [
    ['protobuf', ProtobufLogsSerializer],
    ['json', JsonLogsSerializer],
  ] as const) {
    it(`are in ${encoding} what OpenTelemetry's own exporter sent`, () => {
      const body = serializer.serializeRequest([new OtlpRecords().log(line)]);
      assert.ok(body);
      assert.deepEqual(decodeLogs(body, encoding), { records: [line], rejected: 0, reasons: [] });
    });
  }

  it('have their event and what it says', () => {
    const logRecords = [
      {
        traceId: TRACE,
        spanId: SPAN,
        observedTimeUnixNano: NANOS,
        severityNumber: 9,
        attributes: [{ key: 'event.name', value: { stringValue: 'gen_ai.user.message' } }],
        body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: 'Hello' } }] } },
      },
    ];
    const [read] = decodeLogs(json({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }), 'json').records;

    assert.deepEqual(
      [read?.event, read?.body, read?.level],
      ['gen_ai.user.message', { content: 'Hello' }, 'info'],
    );
  });

  it('stand at no span where they name none that can be', () => {
    const logRecords = [{ traceId: TRACE, spanId: 'x', timeUnixNano: NANOS, body: { stringValue: 'a' } }];
    const [read] = decodeLogs(json({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }), 'json').records;
    assert.equal(read?.spanId, '');
  });

  it('are refused without a trace or a time', () => {
    const logRecords = [{ timeUnixNano: NANOS }, { traceId: TRACE, spanId: SPAN }];
    const { rejected, reasons } = decodeLogs(
      json({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
      'json',
    );

    assert.equal(rejected, 2);
    assert.deepEqual(reasons, ['a log record belongs to no trace', 'a log record has no time']);
  });
});
