import type { Stage } from './evaluation.ts';

/** What a monitor's evaluator said of a span of a running agent. There is at most one for each span, monitor and evaluator. */
export interface LiveEvaluation {
  /** Grows with each evaluation, and is never used twice. */
  seq: number;
  traceId: string;
  spanId: string;
  monitor: string;
  /** Name of the evaluator; unique within the monitor. */
  evaluator: string;
  type: string;
  stage: Stage;
  /** 0 to 1; null where nothing could be measured. */
  score: number | null;
  /** Null where nothing could be measured: never a pass. */
  passed: boolean | null;
  /** Without the keys of the configuration. */
  reason: string;
  /** US dollars that judges took; 0 where none was asked, null where unknown. */
  costUsd: number | null;
  /** Of the evaluator, in milliseconds. */
  latencyMs: number;
  /** When it was evaluated, in milliseconds since the epoch. */
  atMs: number;
  /** When the span ended, in milliseconds since the epoch. */
  spanEndMs: number;
  labels: EvaluationLabels;
}

/** Before it is stored. */
export type EvaluationDraft = Omit<LiveEvaluation, 'seq'>;

/** What the span says of itself. */
export interface EvaluationLabels {
  service: string;
  model: string | null;
  /** `service.version` of its service. */
  release: string | null;
}

/** As it is told and stored: a missing measurement is an error. */
export function labelOf({ passed }: Pick<LiveEvaluation, 'passed'>): 'pass' | 'fail' | 'error' {
  if (passed === null) return 'error';
  return passed ? 'pass' : 'fail';
}
