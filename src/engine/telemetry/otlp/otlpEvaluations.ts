import type { EvaluationRecord } from '../../model/evaluationRecord.ts';
import type { JsonObject } from '../../model/json.ts';
import { EVENT, GEN_AI, GENERAL, TOUCHSTONE } from '../attributes.ts';
import type { OtlpRecords, ReadableLog } from './otlpRecords.ts';

/** An evaluation as an event of the evaluated span (OpenTelemetry's semantic conventions for generative AI). */
export function evaluationEvent(record: EvaluationRecord, records: OtlpRecords): ReadableLog {
  const { traceId, spanId, timeMs } = record;
  const at = { traceId, spanId: spanId ?? '', timeMs };
  return records.event(EVENT.evaluationResult, at, attributesOf(record));
}

function attributesOf(record: EvaluationRecord): JsonObject {
  const { by } = record;
  const evaluator =
    by.kind === 'evaluator'
      ? { [TOUCHSTONE.evaluationType]: by.type, [TOUCHSTONE.evaluationStage]: by.stage }
      : {};
  return {
    [GEN_AI.evaluationName]: by.kind === 'evaluator' ? by.name : TOUCHSTONE.verdict,
    [GEN_AI.evaluationScore]: record.score,
    [GEN_AI.evaluationLabel]: record.label,
    [GEN_AI.evaluationExplanation]: record.explanation,
    [GENERAL.errorType]: record.label === 'error' ? '_OTHER' : null,
    ...evaluator,
    [GEN_AI.responseId]: record.responseId,
    [TOUCHSTONE.runId]: record.runId,
    [TOUCHSTONE.caseId]: record.caseId,
    [TOUCHSTONE.targetName]: record.target,
    [TOUCHSTONE.trial]: record.trial,
  };
}
