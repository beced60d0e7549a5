import type { EvaluationRecord } from '../../../src/engine/model/evaluationRecord.ts';
import type { LogRecord, SpanRecord } from '../../../src/engine/model/span.ts';
import { type Finished, NOTHING } from '../../../src/engine/telemetry/sinks/sink.ts';

export function spanRecord(more: Partial<SpanRecord> = {}): SpanRecord {
  return {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: null,
    name: 'span',
    kind: 'internal',
    startMs: 1_000,
    endMs: 1_001.5,
    status: 'unset',
    attributes: { text: 'x', list: ['y'], none: null },
    events: [{ name: 'event', timeMs: 1_001, attributes: { deep: { number: 1 } } }],
    links: [{ traceId: 'c'.repeat(32), spanId: 'd'.repeat(16) }],
    service: 'touchstone',
    ...more,
  };
}

export const logRecord: LogRecord = {
  timeMs: 1_001,
  level: 'warn',
  message: 'said',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  fields: { rows: 3 },
};

export const evaluationRecord: EvaluationRecord = {
  runId: 'run-1',
  caseId: 'case-0',
  target: 'a',
  trial: 0,
  by: { kind: 'verdict' },
  label: 'pass',
  score: 1,
  explanation: 'fine',
  timeMs: 1_001,
  traceId: 'a'.repeat(32),
  spanId: null,
  responseId: null,
};

/** So many spans and nothing else. */
export function someSpans(count: number): Finished {
  return { ...NOTHING, spans: Array.from({ length: count }, (_, at) => spanRecord({ name: `span ${at}` })) };
}

/** One of each kind. */
export const oneOfEach: Finished = {
  spans: [spanRecord()],
  logs: [logRecord],
  evaluations: [evaluationRecord],
};
