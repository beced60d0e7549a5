import type { JsonObject, JsonValue } from '../model/json.ts';
import { type LiveEvaluation, labelOf } from '../model/liveEvaluation.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import { EVENT, GEN_AI } from '../telemetry/attributes.ts';

/** What was said of a span. */
export interface SpanEvaluation {
  /** The span it is about; null where that has not come, or is not said. */
  spanId: string | null;
  name: string;
  /** 0 to 1 as a rule; null where it was not measured. */
  score: number | null;
  /** Such as `pass`, in the words of whoever evaluated. */
  label: string | null;
  explanation: string | null;
}

/** What monitors said. */
export function monitorEvaluations(evaluations: readonly LiveEvaluation[]): SpanEvaluation[] {
  return evaluations.map((evaluation) => ({
    spanId: evaluation.spanId,
    name: `${evaluation.monitor}/${evaluation.evaluator}`,
    score: evaluation.score,
    label: labelOf(evaluation),
    explanation: evaluation.reason,
  }));
}

/**
 * The evaluations in a trace, by OpenTelemetry's conventions: events of the judged span, log records below it or joined to it by
 * the id of the response, or spans of their own.
 */
export function spanEvaluations(spans: readonly SpanRecord[], logs: readonly LogRecord[]): SpanEvaluation[] {
  const byResponse = new Map<JsonValue | undefined, string>();
  for (const { spanId, attributes } of spans) {
    const response = attributes[GEN_AI.responseId];
    if (typeof response === 'string') byResponse.set(response, spanId);
  }

  const ofSpans = spans.flatMap(({ spanId, parentSpanId, attributes, events }) => [
    ...events
      .filter(({ name }) => name === EVENT.evaluationResult)
      .flatMap(({ attributes: said }) => evaluationOf(said, spanId)),
    ...evaluationOf(attributes, parentSpanId ?? spanId),
  ]);
  const ofLogs = logs
    .filter(({ event }) => event === EVENT.evaluationResult)
    .flatMap(({ spanId, fields }) =>
      evaluationOf(fields, spanId || (byResponse.get(fields[GEN_AI.responseId]) ?? null)),
    );
  return [...ofSpans, ...ofLogs];
}

/** Null where nothing was measured. */
export function lowestScore(evaluations: readonly SpanEvaluation[]): number | null {
  return evaluations.reduce<number | null>(
    (least, { score }) => (score === null ? least : Math.min(least ?? score, score)),
    null,
  );
}

function evaluationOf(said: JsonObject, spanId: string | null): SpanEvaluation[] {
  const name = text(said[GEN_AI.evaluationName]);
  const score = said[GEN_AI.evaluationScore];
  const label = text(said[GEN_AI.evaluationLabel]);
  if (name === null || (score === undefined && label === null)) return [];

  const measured = typeof score === 'number' && Number.isFinite(score) ? score : null;
  return [{ spanId, name, score: measured, label, explanation: text(said[GEN_AI.evaluationExplanation]) }];
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
