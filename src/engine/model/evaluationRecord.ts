import type { Stage } from './evaluation.ts';

/** What was said of one output, once it is stored: by one evaluator, or the verdict over all of them. */
export interface EvaluationRecord {
  runId: string;
  caseId: string;
  target: string;
  /** From 0. */
  trial: number;
  by: { kind: 'evaluator'; name: string; type: string; stage: Stage } | { kind: 'verdict' };
  label: 'pass' | 'fail' | 'error';
  /** 0–1; null where nothing could be measured. */
  score: number | null;
  explanation: string;
  /** Milliseconds since the epoch. */
  timeMs: number;
  traceId: string;
  /** The span of the evaluated call; null where it is unknown. */
  spanId: string | null;
  /** The completion's id, where the call asked a model exactly once. */
  responseId: string | null;
}
