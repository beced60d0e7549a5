import { defined } from '../../engine/model/defined.ts';
import { walk } from '../../engine/telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../../engine/telemetry/dialects/traceTree.ts';

/** The spans of a trace in JSON from the top down; `depth` says how they stand in each other. */
export function spanEntries(tree: TraceTree) {
  return [...walk(tree.roots)].map(({ node, depth }) => {
    const { span, spanId } = node;
    if (!span) return { depth, span_id: spanId, missing: true };
    const { record } = span;
    const counted = tree.counted.has(spanId);
    return {
      depth,
      span_id: spanId,
      parent_span_id: record.parentSpanId,
      name: record.name,
      role: span.role,
      title: span.title,
      conventions: span.conventions,
      service: record.service,
      started_at: new Date(record.startMs).toISOString(),
      duration_ms: record.endMs - record.startMs,
      model: span.model,
      provider: span.provider,
      // Of spans that repeat what is counted below them, too.
      tokens: span.tokens,
      counted,
      cost_usd: counted ? (tree.usd.get(spanId) ?? null) : null,
      finish_reasons: span.finishReasons,
      tool: span.tool && {
        name: span.tool.name,
        call_id: span.tool.callId,
        ...defined({ arguments: span.tool.arguments, result: span.tool.result }),
      },
      input: span.input,
      output: span.output,
      session: span.session,
      user: span.user,
      code: span.code,
      error: span.error,
      attributes: record.attributes,
      events: record.events,
    };
  });
}
