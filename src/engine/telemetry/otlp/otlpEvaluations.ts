import type { Evaluation } from '../../model/evaluation.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TrialResult } from '../../model/result.ts';
import type { SpanRecord } from '../../model/span.ts';
import { EVENT, GEN_AI, GENERAL, TOUCHSTONE } from '../attributes.ts';
import type { OtlpRecords, ReadableLog } from './otlpRecords.ts';

/**
 * One event for each evaluator that said something of the output, and one for the verdict, as children of the
 * evaluated span (OpenTelemetry's semantic conventions for generative AI).
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
    [GEN_AI.responseId]: evaluated ? responseId(evaluated, spans) : null,
    [TOUCHSTONE.runId]: runId,
    [TOUCHSTONE.caseId]: result.caseId,
    [TOUCHSTONE.targetName]: result.target,
    [TOUCHSTONE.trial]: result.trial,
  };
  return [
    ...result.evaluations
      .filter(({ status }) => status !== 'skipped')
      .map((entry) =>
        records.event(EVENT.evaluationResult, at, { ...evaluationAttributes(entry), ...common }),
      ),
    records.event(EVENT.evaluationResult, at, { ...verdictAttributes(result), ...common }),
  ];
}

function evaluationAttributes(evaluation: Evaluation): JsonObject {
  const scored = evaluation.status === 'scored';
  return {
    [GEN_AI.evaluationName]: evaluation.name,
    [GEN_AI.evaluationScore]: scored ? evaluation.score : null,
    [GEN_AI.evaluationLabel]: scored ? (evaluation.pass ? 'pass' : 'fail') : 'error',
    [GEN_AI.evaluationExplanation]: evaluation.reason,
    [GENERAL.errorType]: scored ? null : '_OTHER',
    [TOUCHSTONE.evaluationType]: evaluation.type,
    [TOUCHSTONE.evaluationStage]: evaluation.stage,
  };
}

function verdictAttributes({ status, score, reason }: TrialResult): JsonObject {
  return {
    [GEN_AI.evaluationName]: TOUCHSTONE.verdict,
    [GEN_AI.evaluationScore]: score,
    [GEN_AI.evaluationLabel]: { passed: 'pass', failed: 'fail', errored: 'error' }[status],
    [GEN_AI.evaluationExplanation]: reason,
    [GENERAL.errorType]: status === 'errored' ? '_OTHER' : null,
  };
}

/** The call of the target below the trial's span; the trial's own span where there is no such call. */
function evaluatedSpan({ trial }: TrialResult, spans: readonly SpanRecord[]): SpanRecord | undefined {
  // An attempt that was interrupted has left a span without a verdict.
  const own = spans.findLast(
    ({ attributes }) =>
      attributes[TOUCHSTONE.trial] === trial && attributes[TOUCHSTONE.trialStatus] !== undefined,
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
    .map(({ attributes }) => attributes[GEN_AI.responseId])
    .filter((id) => typeof id === 'string');
  return ids.length === 1 ? (ids[0] ?? null) : null;
}
