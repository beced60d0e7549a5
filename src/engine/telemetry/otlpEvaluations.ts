import type { Evaluation } from '../model/evaluation.ts';
import type { JsonObject } from '../model/json.ts';
import type { TrialResult } from '../model/result.ts';
import type { SpanRecord } from '../model/span.ts';
import type { OtlpRecords, ReadableLog } from './otlpRecords.ts';

const EVENT = 'gen_ai.evaluation.result';

/**
 * One event for each evaluator that said something of the output, and one for the verdict, as children of the
 * evaluated span (OpenTelemetry's semantic conventions for generative AI, `gen_ai.evaluation.result`).
 * `spans` are those of the result's trace.
 */
export function evaluationEvents(
  result: TrialResult,
  runId: string,
  spans: readonly SpanRecord[],
  records: OtlpRecords,
): ReadableLog[] {
  const evaluated = evaluatedSpan(result, spans);
  const at = {
    traceId: result.traceId,
    spanId: evaluated?.spanId ?? '',
    timeMs: evaluated?.endMs ?? result.startedAt + result.output.latencyMs,
  };
  const common = {
    'gen_ai.response.id': evaluated ? responseId(evaluated, spans) : null,
    'touchstone.run.id': runId,
    'touchstone.case.id': result.caseId,
    'touchstone.target.name': result.target,
    'touchstone.trial': result.trial,
  };
  return [
    ...result.evaluations
      .filter(({ status }) => status !== 'skipped')
      .map((entry) => records.event(EVENT, at, { ...evaluationAttributes(entry), ...common })),
    records.event(EVENT, at, { ...verdictAttributes(result), ...common }),
  ];
}

function evaluationAttributes(evaluation: Evaluation): JsonObject {
  const scored = evaluation.status === 'scored';
  return {
    'gen_ai.evaluation.name': evaluation.name,
    'gen_ai.evaluation.score.value': scored ? evaluation.score : null,
    'gen_ai.evaluation.score.label': scored ? (evaluation.pass ? 'pass' : 'fail') : 'error',
    'gen_ai.evaluation.explanation': evaluation.reason,
    'error.type': scored ? null : '_OTHER',
    'touchstone.evaluation.type': evaluation.type,
    'touchstone.evaluation.stage': evaluation.stage,
  };
}

function verdictAttributes({ status, score, reason }: TrialResult): JsonObject {
  return {
    'gen_ai.evaluation.name': 'touchstone.verdict',
    'gen_ai.evaluation.score.value': score,
    'gen_ai.evaluation.score.label': { passed: 'pass', failed: 'fail', errored: 'error' }[status],
    'gen_ai.evaluation.explanation': reason,
    'error.type': status === 'errored' ? '_OTHER' : null,
  };
}

/** The call of the target below the trial's span; the trial's own span where there is no such call. */
function evaluatedSpan({ trial }: TrialResult, spans: readonly SpanRecord[]): SpanRecord | undefined {
  // An attempt that was interrupted has left a span without a verdict.
  const own = spans.findLast(
    ({ attributes }) =>
      attributes['touchstone.trial'] === trial && attributes['touchstone.trial.status'] !== undefined,
  );
  if (!own) return undefined;
  return spans.find(({ parentSpanId, name }) => parentSpanId === own.spanId && CALL.test(name)) ?? own;
}

/** The span that `invoke_agent` opens, by the same conventions. */
const CALL = /^invoke_agent( |$)/;

/** The completion's id, where the target made exactly one call of a model. */
function responseId(evaluated: SpanRecord, spans: readonly SpanRecord[]): string | null {
  const ids = spans
    .filter(({ spanId, parentSpanId }) => spanId === evaluated.spanId || parentSpanId === evaluated.spanId)
    .map(({ attributes }) => attributes['gen_ai.response.id'])
    .filter((id) => typeof id === 'string');
  return ids.length === 1 ? (ids[0] ?? null) : null;
}
