import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readLogLine } from '../../../src/engine/telemetry/logLines/readLogLine.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const AT = Date.parse('2026-11-30T11:34:52.123Z');

/** Lines as these loggers write them, by their documentation. */
const LINES: readonly (readonly [logger: string, line: object, level: string, message: string])[] = [
  [
    'pino with OpenTelemetry',
    { level: 30, time: AT, pid: 1, msg: 'hello', trace_id: TRACE, span_id: SPAN, trace_flags: '01' },
    ...(['info', 'hello'] as const),
  ],
  [
    'winston with OpenTelemetry',
    {
      level: 'warn',
      message: 'hello',
      timestamp: '2026-11-30T11:34:52.123Z',
      trace_id: TRACE,
      span_id: SPAN,
    },
    ...(['warn', 'hello'] as const),
  ],
  [
    'structlog',
    {
      event: 'hello',
      level: 'debug',
      timestamp: '2026-11-30T11:34:52.123456Z',
      trace_id: TRACE,
      span_id: SPAN,
    },
    ...(['debug', 'hello'] as const),
  ],
  [
    'Python with LoggingInstrumentor',
    { levelname: 'CRITICAL', message: 'hello', created: AT / 1000, otelTraceID: TRACE, otelSpanID: SPAN },
    ...(['error', 'hello'] as const),
  ],
  [
    'the Elastic Common Schema',
    {
      '@timestamp': '2026-11-30T11:34:52.123Z',
      'log.level': 'ERROR',
      message: 'hello',
      trace: { id: TRACE },
      span: { id: SPAN },
    },
    ...(['error', 'hello'] as const),
  ],
  [
    'the Elastic Common Schema with dots',
    {
      '@timestamp': '2026-11-30T11:34:52.123Z',
      'log.level': 'info',
      message: 'hello',
      'trace.id': TRACE,
      'span.id': SPAN,
    },
    ...(['info', 'hello'] as const),
  ],
  [
    '.NET',
    {
      Timestamp: '2026-11-30T11:34:52.123Z',
      LogLevel: 'Information',
      Message: 'hello',
      TraceId: TRACE,
      SpanId: SPAN,
    },
    ...(['info', 'hello'] as const),
  ],
  [
    'Serilog’s compact form',
    { '@t': '2026-11-30T11:34:52.1230000Z', '@mt': 'hello', '@l': 'Warning', '@tr': TRACE, '@sp': SPAN },
    ...(['warn', 'hello'] as const),
  ],
  [
    'Google Cloud',
    {
      severity: 'NOTICE',
      message: 'hello',
      time: '2026-11-30T11:34:52.123Z',
      'logging.googleapis.com/trace': `projects/shop/traces/${TRACE}`,
      'logging.googleapis.com/spanId': SPAN,
    },
    ...(['info', 'hello'] as const),
  ],
  [
    'OpenTelemetry’s model of logs',
    {
      timeUnixNano: `${AT}000000`,
      severityNumber: 17,
      body: 'hello',
      traceId: TRACE.toUpperCase(),
      spanId: SPAN,
    },
    ...(['error', 'hello'] as const),
  ],
  [
    'a context that was bound',
    { level: 'info', msg: 'hello', time: AT, context: { traceId: TRACE, spanId: SPAN } },
    ...(['info', 'hello'] as const),
  ],
  [
    'a traceparent',
    { level: 'info', msg: 'hello', ts: AT / 1000, traceparent: `00-${TRACE}-${SPAN}-01` },
    'info',
    'hello',
  ],
  [
    'AWS X-Ray',
    {
      level: 'INFO',
      message: 'hello',
      timestamp: AT,
      xray_trace_id: `1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`,
      span_id: SPAN,
    },
    ...(['info', 'hello'] as const),
  ],
  [
    'Docker’s file of a container’s output',
    {
      log: `${JSON.stringify({ level: 50, time: AT, msg: 'hello', trace_id: TRACE, span_id: SPAN })}\n`,
      stream: 'stderr',
    },
    ...(['error', 'hello'] as const),
  ],
];

describe('a line of a log', () => {
  for (const [logger, document, level, message] of LINES) {
    it(`is read as ${logger} writes it`, () => {
      const line = readLogLine(JSON.stringify(document)) ?? assert.fail('not read');
      assert.deepEqual(
        [line.traceId, line.spanId, line.level, line.message, line.timeMs],
        [TRACE, SPAN, level, message, AT],
      );
    });
  }

  it('of Datadog names the last 64 bits of both ids in decimal digits', () => {
    const dd = {
      trace_id: BigInt(`0x${TRACE.slice(16)}`).toString(),
      span_id: BigInt(`0x${SPAN}`).toString(),
    };
    for (const text of [
      JSON.stringify({ level: 'info', message: 'hello', dd }),
      // As numbers, which a double would round.
      `{"level":"info","message":"hello","dd.trace_id":${dd.trace_id},"dd.span_id":${dd.span_id}}`,
    ]) {
      const line = readLogLine(text);
      assert.deepEqual([line?.traceId, line?.spanId], [TRACE.slice(16).padStart(32, '0'), SPAN]);
    }
    // Both spellings in one line: the whole id counts.
    assert.equal(readLogLine(JSON.stringify({ msg: 'hello', dd, trace_id: TRACE }))?.traceId, TRACE);
    assert.equal(readLogLine(JSON.stringify({ msg: 'hello', dd: { trace_id: TRACE } }))?.traceId, TRACE);
  });

  it('outside of any span has no ids', () => {
    for (const ids of [
      { otelTraceID: '0', otelSpanID: '0' },
      { trace_id: '0'.repeat(32), span_id: '0'.repeat(16) },
      { trace_id: 'order-7', span_id: 12 },
      { dd: { trace_id: '0', span_id: '99999999999999999999' } },
    ]) {
      const line = readLogLine(JSON.stringify({ level: 'info', message: 'hello', ...ids }));
      assert.deepEqual([line?.traceId, line?.spanId], ['', ''], JSON.stringify(ids));
    }
  });

  for (const [what, text] of [
    ['words', 'listening on port 3000'],
    ['a reply', '{"output":"done"}'],
    ['a reply with a message', '{"message":"done"}'],
    ['a list', '[{"msg":"hello","level":30}]'],
    ['cut off', '{"level":30,"msg":"hel'],
    ['too long', JSON.stringify({ level: 30, msg: 'x'.repeat(70_000), trace_id: TRACE })],
    ['nested without end', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['a prototype', `{"__proto__":{"trace_id":"${TRACE}"},"msg":"hello","level":30}`],
  ] as const)
    it(`is not ${what}`, () => {
      assert.equal(readLogLine(text), undefined);
    });

  it('knows seconds from milliseconds, microseconds and nanoseconds, and zones', () => {
    for (const time of [
      ...[
        AT / 1000,
        AT,
        AT * 1000,
        `${AT}000000`,
        '2026-11-30 11:34:52,123Z',
        '2026-11-30T12:34:52.123+01:00',
      ],
      ...['2026-11-30T13:04:52.123+0130', new Date(AT).toISOString()],
    ])
      assert.equal(readLogLine(JSON.stringify({ msg: 'hello', level: 30, time }))?.timeMs, AT, String(time));
    for (const time of ['yesterday', 12, -1, null, '2026-13-45T00:00:00Z'])
      assert.equal(
        readLogLine(JSON.stringify({ msg: 'hello', level: 30, time }))?.timeMs,
        null,
        String(time),
      );
  });
});
