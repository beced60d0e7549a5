import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';
import { mayBeOwnSpan } from '../../telemetry/traceIds.ts';

/** The span of a call, under which those of the agent are put. */
export interface CallSpan {
  traceId: string;
  spanId: string;
}

export interface AgentRecords {
  spans: readonly SpanRecord[];
  logs: readonly LogRecord[];
}

/**
 * What an agent recorded, as a part of its case's trace: spans of traces of its own, and those whose parent is not among `all`,
 * stand under the span of the call. Where they come from is kept as attributes.
 */
export function adoptSpans(records: AgentRecords, call: CallSpan, all: ReadonlySet<string>): AgentRecords {
  return {
    spans: records.spans.map((span) => adopted(span, call, all)),
    logs: records.logs.map((line) => {
      const known = line.spanId !== '' && all.has(line.spanId);
      return { ...line, traceId: call.traceId, spanId: known ? ownId(line.spanId) : call.spanId };
    }),
  };
}

function adopted(span: SpanRecord, call: CallSpan, all: ReadonlySet<string>): SpanRecord {
  const { traceId, spanId, parentSpanId } = span;
  const known = parentSpanId !== null && all.has(parentSpanId);
  const missing = parentSpanId !== null && !known && parentSpanId !== call.spanId;
  return {
    ...span,
    traceId: call.traceId,
    spanId: ownId(spanId),
    parentSpanId: known ? ownId(parentSpanId) : call.spanId,
    attributes: {
      ...span.attributes,
      ...(traceId === call.traceId ? {} : { [TOUCHSTONE.originTraceId]: traceId }),
      ...(missing ? { [TOUCHSTONE.originParentId]: parentSpanId } : {}),
    },
  };
}

/** An agent's id must never stand for one of ours. */
function ownId(spanId: string): string {
  return mayBeOwnSpan(spanId) ? `f${spanId.slice(1)}` : spanId;
}
