import { type LiveEvaluation, labelOf } from '../../model/liveEvaluation.ts';
import { EVENT, GEN_AI, GENERAL, TOUCHSTONE } from '../attributes.ts';
import type { OtlpClient } from '../otlp/otlpClient.ts';
import { OtlpRecords, type ReadableLog } from '../otlp/otlpRecords.ts';
import type { EvaluationSink } from './evaluationDelivery.ts';

/** A collector that gets evaluations as events `gen_ai.evaluation.result` of the evaluated spans, as OTLP log records. */
export function otlpEventSink(name: string, client: Pick<OtlpClient, 'sendLogs'>): EvaluationSink {
  const records = new OtlpRecords();
  return {
    name,
    send: async (evaluations, signal) => {
      const delivery = await client.sendLogs(
        evaluations.map((evaluation) => eventOf(evaluation, records)),
        signal,
      );
      if (delivery.status === 'failed') return { status: 'failed', reason: delivery.reason };
      if (delivery.rejected > 0) return { status: 'refused', reason: delivery.message || 'it was refused' };
      return { status: 'sent' };
    },
  };
}

function eventOf(evaluation: LiveEvaluation, records: OtlpRecords): ReadableLog {
  const { traceId, spanId, atMs, monitor, evaluator, type, stage, score, reason } = evaluation;
  const label = labelOf(evaluation);
  return records.event(
    EVENT.evaluationResult,
    { traceId, spanId, timeMs: atMs },
    {
      [GEN_AI.evaluationName]: evaluator,
      [GEN_AI.evaluationScore]: score,
      [GEN_AI.evaluationLabel]: label,
      [GEN_AI.evaluationExplanation]: reason,
      [GENERAL.errorType]: label === 'error' ? '_OTHER' : null,
      [TOUCHSTONE.monitor]: monitor,
      [TOUCHSTONE.evaluationType]: type,
      [TOUCHSTONE.evaluationStage]: stage,
    },
  );
}
