import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { LogRecord, SpanRecord } from '../../../src/engine/model/span.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { Tracing } from '../../../src/engine/telemetry/tracing.ts';

const TRACE = 'a'.repeat(32);

describe('spans of a run', () => {
  let spans: SpanRecord[];
  let logs: LogRecord[];
  let nowMs: number;
  let tracing: Tracing;

  beforeEach(() => {
    spans = [];
    logs = [];
    nowMs = 5;
    const clock = { ...systemClock, now: () => 1_000_000, monotonic: () => nowMs };
    tracing = new Tracing(clock, 0, (finished) => {
      spans.push(...finished.spans);
      logs.push(...finished.logs);
    });
  });

  const root = (options: Partial<Parameters<Tracing['root']>[1]> = {}) =>
    tracing.root('case a', { traceId: TRACE, baggage: {}, ...options });

  it('are records of their trace, given away when they end', () => {
    const outer = root({ attributes: { id: 'a', missing: undefined, tags: ['x', 'y'] } });
    nowMs += 1.2345;
    const inner = outer.child('call', { tokens: 3 }, 'client');
    assert.deepEqual(spans, []);
    nowMs += 2;
    inner.end();
    outer.end();
    const shared = { traceId: TRACE, status: 'unset', events: [], links: [], service: 'touchstone' };
    assert.deepEqual(spans, [
      {
        ...shared,
        spanId: '0000000000000002',
        parentSpanId: '0000000000000001',
        name: 'call',
        kind: 'client',
        startMs: 1_000_001.235,
        endMs: 1_000_003.235,
        attributes: { tokens: 3 },
      },
      {
        ...shared,
        spanId: '0000000000000001',
        parentSpanId: null,
        name: 'case a',
        kind: 'internal',
        startMs: 1_000_000,
        endMs: 1_000_003.235,
        attributes: { id: 'a', tags: ['x', 'y'] },
      },
    ]);
  });

  it('never share an id with those of another attempt', () => {
    const clock = { ...systemClock, now: () => 0, monotonic: () => 0 };
    const ids = [0, 1].map(
      (attempt) => new Tracing(clock, attempt, () => {}).root('r', { traceId: TRACE, baggage: {} }).spanId,
    );
    assert.notEqual(ids[0], ids[1]);
  });

  it('have attributes that are added later, the last of a name', () => {
    const span = root({ attributes: { a: 1, b: true } });
    span.set({ a: 2, c: 'x', d: undefined });
    span.end();
    assert.deepEqual(spans[0]?.attributes, { a: 2, b: true, c: 'x' });
  });

  it('cut long attributes', () => {
    const long = 'x'.repeat(20_000);
    const span = root({ attributes: { long, list: [long, 'y'] } });
    span.event('retry', { long });
    span.end();
    const cut = 'x'.repeat(16_384);
    assert.deepEqual(spans[0]?.attributes, { long: cut, list: [cut, 'y'] });
    assert.deepEqual(spans[0]?.events[0]?.attributes, { long: cut });
  });

  it('have events at their times, and say what went wrong', () => {
    const span = root();
    nowMs += 7;
    span.event('first_token');
    span.event('retry', { attempt: 1, why: undefined });
    span.end('timed out');
    assert.deepEqual(spans[0]?.events, [
      { name: 'first_token', timeMs: 1_000_007, attributes: {} },
      { name: 'retry', timeMs: 1_000_007, attributes: { attempt: 1 } },
    ]);
    assert.deepEqual([spans[0]?.status, spans[0]?.statusMessage], ['error', 'timed out']);
  });

  it('are over when they end: what comes later changes nothing', () => {
    const span = root({ attributes: { a: 1 } });
    span.end();
    nowMs += 1;
    span.set({ a: 2 });
    span.event('late');
    span.end('late');
    assert.equal(spans.length, 1);
    const { attributes, events, status, endMs } = spans[0] ?? {};
    assert.deepEqual([attributes, events, status, endMs], [{ a: 1 }, [], 'unset', 1_000_000]);
  });

  it('are linked to the span of another trace', () => {
    const link = tracing.root('run', { traceId: 'b'.repeat(32), baggage: {} });
    root({ link }).end();
    assert.deepEqual(spans[0]?.links, [{ traceId: 'b'.repeat(32), spanId: link.spanId }]);
  });

  it('pass on where they stand, and what belongs to their trace', () => {
    const span = root({ baggage: { run: 'r 1', case: 'ü' } }).child('call');
    assert.equal(span.traceparent, `00-${TRACE}-0000000000000002-01`);
    assert.equal(span.baggage, 'run=r%201,case=%C3%BC');
    assert.equal(root().baggage, undefined);
  });

  it('write log lines at once', () => {
    const span = root();
    span.log('warn', 'slow', { ms: 3 });
    assert.deepEqual(logs, [
      {
        timeMs: 1_000_000,
        level: 'warn',
        message: 'slow',
        traceId: TRACE,
        spanId: span.spanId,
        fields: { ms: 3 },
      },
    ]);
  });
});
