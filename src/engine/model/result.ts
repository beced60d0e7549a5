import type { Evaluation, Stage } from './evaluation.ts';
import type { Output } from './output.ts';

export type TrialStatus = 'passed' | 'failed' | 'errored';

/** How the cascade came to its end. */
export interface Settlement {
  /** The last stage that ran; `none` when the output could not be scored at all. */
  stage: Stage | 'none';
  /** True when later stages that apply to the case were left out. */
  early: boolean;
  reason: string;
  /** Evaluators left out because the verdict was settled. */
  skipped: { name: string; stage: Stage }[];
  /** The judge ran for an audit although the case was settled; whether it came to the same verdict. */
  audited?: { agrees: boolean };
}

/** The verdict over all evaluators of one trial. */
export interface Verdict {
  status: TrialStatus;
  /** Weighted over stages, 0–1; null when nothing could be measured. */
  score: number | null;
  reason: string;
  evaluations: Evaluation[];
  settlement: Settlement;
}

/** What a judge answered to a question about a trial that could not be judged to its end. */
export interface PaidReply {
  /** SHA-256 of the question and of whom it was put to. */
  question: string;
  /** JSON. */
  reply: string;
  /** US dollars; null where unknown. */
  costUsd: number | null;
}

/** An output whose evaluation waits: for the other targets of the same case and trial, or for a judge that was refused. */
export interface PendingOutput {
  target: string;
  caseIndex: number;
  trial: number;
  output: Output;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** What its judges have answered already. */
  judged?: readonly PaidReply[];
}

/** One stored result; (run, target, case, trial) is its key. */
export interface TrialResult extends Verdict {
  target: string;
  caseId: string;
  /** Position of the case in its dataset, from 0. */
  caseIndex: number;
  /** From 0. */
  trial: number;
  output: Output;
  traceId: string;
  cluster?: string;
  tags: string[];
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Set when it is read in place of another one; never stored. */
  rerun?: Rerun;
}

/** That a case was run again, and what came of it before. */
export interface Rerun {
  /** Id of the run that has this result. */
  runId: string;
  before: TrialStatus;
}
