import assert from 'node:assert/strict';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { tapeOfRun } from '../../../src/engine/simulate/runTape.ts';

function span(over: Partial<SpanRecord>): SpanRecord {
  return {
    traceId: 't',
    spanId: 's',
    parentSpanId: null,
    name: 'chat m',
    kind: 'client',
    startMs: 5000,
    endMs: 5200,
    status: 'unset',
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'a', 'gen_ai.request.model': 'm' },
    events: [],
    links: [],
    service: 'touchstone',
    ...over,
  };
}

describe('tape of a stored run', () => {
  it('has its model calls with their attempts, waits left out, from time 0', () => {
    const retried = span({
      startMs: 6000,
      endMs: 8000,
      attributes: {
        ...span({}).attributes,
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 4,
      },
      events: [
        { name: 'retry', timeMs: 6100, attributes: { attempt: 1, wait_ms: 400, 'error.type': '429' } },
        { name: 'first_token', timeMs: 7000, attributes: {} },
      ],
    });
    const other = span({ name: 'evaluate', attributes: {} });
    const failed = span({ attributes: { ...span({}).attributes, 'error.type': 'timeout' } });

    const tape = tapeOfRun(
      'r1',
      [retried, other, failed],
      ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    );

    assert.equal(tape.arrivals, 'as-fast-as-allowed');
    assert.deepEqual(
      tape.calls.map(({ atMs, attempts, costUsd }) => ({ atMs, attempts, costUsd })),
      [
        { atMs: 0, attempts: [{ atMs: 0, durationMs: 200, outcome: 'timeout' }], costUsd: null },
        {
          atMs: 1000,
          attempts: [
            { atMs: 1000, durationMs: 100, outcome: 429 },
            { atMs: 1500, durationMs: 1500, outcome: 200 },
          ],
          costUsd: 14,
        },
      ],
    );
  });
});
