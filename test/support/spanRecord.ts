import type { SpanRecord } from '../../src/engine/model/span.ts';

/** A span of an agent, but for what is given. */
export function spanRecord(given: Partial<SpanRecord> & { traceId: string; spanId: string }): SpanRecord {
  return {
    parentSpanId: null,
    name: `span ${given.spanId}`,
    kind: 'internal',
    startMs: 1000,
    endMs: 2000,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    service: 'agent',
    ...given,
  };
}
