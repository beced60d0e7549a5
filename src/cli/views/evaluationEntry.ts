import type { SpanEvaluation } from '../../engine/traces/spanEvaluations.ts';

/** What was said of a span, in JSON. */
export function evaluationEntry({ spanId, name, score, label, explanation }: SpanEvaluation) {
  return { span_id: spanId, name, score, label, explanation };
}
