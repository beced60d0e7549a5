import type { Evaluation } from '../model/evaluation.ts';
import type { EvaluationRecord } from '../model/evaluationRecord.ts';
import type { TrialResult, TrialStatus } from '../model/result.ts';
import type { EvaluatedCall } from './evaluatedCalls.ts';

/** One record for each evaluator that said something of the output, and one for the verdict. */
export function evaluationRecords(
  result: TrialResult,
  runId: string,
  call: EvaluatedCall | undefined,
): EvaluationRecord[] {
  const { caseId, target, trial, traceId } = result;
  const place = {
    ...{ runId, caseId, target, trial, traceId },
    spanId: call?.spanId ?? null,
    responseId: call?.responseId ?? null,
    timeMs: call?.endMs ?? result.startedAt + result.output.latencyMs,
  };
  const said = result.evaluations
    .filter(({ status }) => status !== 'skipped')
    .map((evaluation) => ({ ...place, ...measured(evaluation) }));
  return [...said, { ...place, ...verdict(result) }];
}

type Said = Pick<EvaluationRecord, 'by' | 'label' | 'score' | 'explanation'>;

function measured(evaluation: Evaluation): Said {
  const { name, type, stage, reason } = evaluation;
  const by = { kind: 'evaluator' as const, name, type, stage };
  if (evaluation.status !== 'scored') return { by, label: 'error', score: null, explanation: reason };
  return { by, label: evaluation.pass ? 'pass' : 'fail', score: evaluation.score, explanation: reason };
}

function verdict({ status, score, reason }: TrialResult): Said {
  return { by: { kind: 'verdict' }, label: LABELS[status], score, explanation: reason };
}

const LABELS: { [status in TrialStatus]: EvaluationRecord['label'] } = {
  passed: 'pass',
  failed: 'fail',
  errored: 'error',
};
