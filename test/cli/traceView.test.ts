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

  it('draws a third of the line at most as indent: what is deeper says how deep it is', () => {
    const spans = Array.from({ length: 2_000 }, (_, at) => span(`s${at}`, at === 0 ? null : `s${at - 1}`));
    const log: LogRecord = {
      timeMs: 1_001,
      level: 'info',
      message: 'at the bottom',
      traceId: 'f'.repeat(32),
      spanId: 's1999',
      fields: {},
    };
    for (const width of [20, 80, 240]) {
      const lines = traceLines(traceTree(spans), { logs: [log] }, { ...plain, width });
      assert.equal(lines.length, 2_002);
      const indents = lines.map((line) => /^[ │└─]*/.exec(line)?.[0].length ?? 0);
      assert.ok(Math.max(...indents) <= Math.max(12, width / 3) + 3, `${width}: ${Math.max(...indents)}`);
      assert.match(lines[2_000] ?? '', /^ +level 1999 {2}s1999 12 ms$/);
      assert.match(lines[2_001] ?? '', /^ +info at the bottom$/);
    }
  });

  it('cuts a name that is longer than the line', () => {
    const [, line = ''] = traceLines(
      traceTree([span('x'.repeat(100_000), null)]),
      { logs: [] },
      { ...plain, width: 80 },
    );
    assert.ok(line.length < 100, line);
  });
});
