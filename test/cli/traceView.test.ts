import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Io } from '../../src/cli/terminal/io.ts';
import { traceLines } from '../../src/cli/views/traceView.ts';
import type { LogRecord, SpanRecord } from '../../src/engine/model/span.ts';
import { traceTree } from '../../src/engine/telemetry/dialects/traceTree.ts';

const asIs = (text: string): string => text;
const plain = { style: { dim: asIs, red: asIs, cyan: asIs } } as unknown as Io;

function span(spanId: string, parentSpanId: string | null, more: Partial<SpanRecord> = {}): SpanRecord {
  return {
    traceId: 'f'.repeat(32),
    spanId,
    parentSpanId,
    name: spanId,
    kind: 'internal',
    startMs: 1_000,
    endMs: 1_012,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    service: 'touchstone',
    ...more,
  };
}

describe('traceLines', () => {
  it('shows a tree with times, scores, services, errors and log lines', () => {
    const scored = {
      name: 'gen_ai.evaluation.result',
      timeMs: 1_012,
      attributes: { 'gen_ai.evaluation.score.value': 0.5 },
    };
    const spans = [
      span('case a', null),
      span('trial', 'case a'),
      span('invoke_agent shop', 'trial', { status: 'error', statusMessage: 'HTTP 500' }),
      span('lookup', 'invoke_agent shop', { service: 'shop' }),
      span('evaluate rubric', 'trial', { startMs: 1_002, endMs: 1_014, events: [scored] }),
    ];
    const log: LogRecord = {
      timeMs: 1_001,
      level: 'warn',
      message: 'two\nlines',
      traceId: 'f'.repeat(32),
      spanId: 'invoke_agent shop',
      fields: {},
    };
    assert.deepEqual(traceLines(traceTree(spans), { logs: [log] }, plain), [
      `trace ${'f'.repeat(32)}  1 error`,
      'case a 12 ms',
      '└─ trial 12 ms',
      '   ├─ ✗ invoke_agent shop 12 ms HTTP 500',
      '   │     warn two⏎ lines',
      '   │  └─ lookup [shop] 12 ms',
      '   └─ evaluate rubric 0.50 12 ms',
    ]);
  });

  it('keeps spans in a circle, and shows one whose parent is elsewhere at the top', () => {
    const spans = [span('a', 'b'), span('b', 'a'), span('c', 'elsewhere')];
    const lines = traceLines(traceTree(spans), { logs: [] }, plain);
    assert.deepEqual(lines.slice(1), ['a 12 ms  its parent is below it', '└─ b 12 ms', 'c 12 ms']);
    assert.deepEqual(traceLines(undefined, { logs: [] }, plain), ['no spans stored']);
  });
});
