import type { AgentSpan } from '../model/agentSpan.ts';
import type { LogRecord } from '../model/span.ts';
import type { TraceFinding } from '../telemetry/dialects/doctor.ts';
import type { SpanEvaluation } from './spanEvaluations.ts';
import type { SpanRow } from './spanRows.ts';

/** All that is known of a span. */
export interface SpanDetail {
  row: SpanRow;
  /** Null where the span has not come. */
  span: AgentSpan | null;
  evaluations: SpanEvaluation[];
  /** Written in it, in the order of time. */
  logs: LogRecord[];
  /** What is odd about it, for whoever instrumented the agent; each finding names this span alone. */
  findings: TraceFinding[];
}

/** Log lines that are shown of a span. */
const MOST_LINES = 500;

export function spanDetail(
  row: SpanRow,
  {
    span,
    logs,
    evaluations,
    findings,
  }: {
    span: AgentSpan | null;
    logs: readonly LogRecord[];
    evaluations: readonly SpanEvaluation[];
    findings: readonly TraceFinding[];
  },
): SpanDetail {
  return {
    row,
    span,
    evaluations: evaluations.filter(({ spanId }) => spanId === row.id),
    logs: logs.filter(({ spanId }) => spanId === row.id).slice(0, MOST_LINES),
    findings: findings.flatMap((finding) => (finding.spans.includes(row.id) ? ownFinding(finding, row) : [])),
  };
}

/** Sums over several spans say nothing of one of them. */
function ownFinding(finding: TraceFinding, { id, inputTokens, outputTokens }: SpanRow): TraceFinding[] {
  if (finding.kind !== 'counted-once') return [{ ...finding, spans: [id] }];
  return [{ ...finding, spans: [id], inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 }];
}
