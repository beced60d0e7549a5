import { type LiveEvaluation, labelOf } from '../../model/liveEvaluation.ts';

/** An evaluation as programs outside read it: in server-sent events, webhooks and lines of JSON. Fields are only added. */
export function evaluationEntry(evaluation: LiveEvaluation) {
  const { seq, traceId, spanId, monitor, evaluator, type, stage, score, reason } = evaluation;
  const { costUsd, latencyMs, atMs, spanEndMs, labels } = evaluation;
  return {
    kind: 'evaluation',
    seq,
    ...{ trace_id: traceId, span_id: spanId, monitor, evaluator, type, stage },
    label: labelOf(evaluation),
    score,
    reason,
    cost_usd: costUsd,
    latency_ms: latencyMs,
    evaluated_at: new Date(atMs).toISOString(),
    span_ended_at: new Date(spanEndMs).toISOString(),
    ...labels,
  };
}
