import assert from 'node:assert/strict';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { type RunTapeOptions, tapeOfRun } from '../../../src/engine/simulate/runTape.ts';

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

const OPTIONS: RunTapeOptions = { runId: 'r1', missing: 0, price: () => null, poolOf: () => 'target' };

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

    const tape = tapeOfRun([retried, other, failed], {
      ...OPTIONS,
      price: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    });

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

  it('counts as the provider’s time what comes after our own waits', () => {
    const events = [
      { name: 'wait', timeMs: 5100, attributes: { policy: 'limit', wait_ms: 100 } },
      { name: 'retry', timeMs: 5130, attributes: { attempt: 1, wait_ms: 200, 'error.type': '503' } },
      { name: 'wait', timeMs: 65_000, attributes: { policy: 'breaker', wait_ms: 59_000 } },
      { name: 'wait', timeMs: 65_010, attributes: { policy: 'limit', wait_ms: 10 } },
    ];
    const { calls } = tapeOfRun([span({ endMs: 65_050, events })], OPTIONS);

    assert.deepEqual(calls[0]?.attempts, [
      { atMs: 100, durationMs: 30, outcome: 503 },
      { atMs: 60_010, durationMs: 40, outcome: 200 },
    ]);
  });

  it('has no attempt for what our own policies refused', () => {
    const events = [
      { name: 'retry', timeMs: 5002, attributes: { attempt: 1, wait_ms: 70, 'error.type': '503' } },
      { name: 'rejected', timeMs: 5072, attributes: { policy: 'breaker' } },
    ];
    const { calls } = tapeOfRun([span({ events })], OPTIONS);
    assert.deepEqual(calls[0]?.attempts, [{ atMs: 0, durationMs: 2, outcome: 503 }]);
  });

  it('tells the calls of judges from those of targets', () => {
    const plain = { attributes: {}, startMs: 0, endMs: 1 };
    const spans = [
      span({ ...plain, spanId: 'trial', name: 'trial' }),
      span({
        ...plain,
        spanId: 'agent',
        parentSpanId: 'trial',
        attributes: { 'gen_ai.agent.name': 'plan' },
      }),
      span({ ...plain, spanId: 'evaluate', parentSpanId: 'trial', name: 'evaluate rubric' }),
      span({ spanId: 'a', parentSpanId: 'agent', startMs: 1 }),
      span({ spanId: 'b', parentSpanId: 'evaluate', startMs: 2 }),
    ];
    const { calls } = tapeOfRun(spans, {
      ...OPTIONS,
      poolOf: ({ target, isJudge }) => `${target} ${isJudge}`,
    });
    assert.deepEqual(
      calls.map(({ pool }) => pool),
      ['plan false', 'undefined true'],
    );
  });
});
