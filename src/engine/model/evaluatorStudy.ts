import type { Range } from './comparison.ts';

/** How two evaluators judge the same outputs. Null always means "not enough data", never 0. */
export interface EvaluatorAgreement {
  first: string;
  second: string;
  /** Outputs that both scored. */
  outputs: number;
  /** Outputs that only one of them could score. */
  oneSided: number;
  /** Share of outputs whose scores lie within 0.1 of each other. */
  within: number | null;
  /** Share of outputs with the same pass. */
  samePass: number | null;
  /** Cohen's kappa of the passes; quadratic-weighted kappa of the scores in five bands. */
  kappa: number | null;
  weightedKappa: number | null;
  /** Krippendorff's alpha of the scores, interval metric. */
  alpha: number | null;
  pearson: number | null;
  spearman: number | null;
  /** Where outputs carry a person's label. */
  labelled: number;
  accuracy: { first: number | null; second: number | null };
  /** Rank correlation of the score with the length of the output: a liking for long answers. */
  lengthBias: { first: number | null; second: number | null };
  /**
   * Of evaluators that are asked in both orders: how much more often the answer that comes first is preferred when the
   * orders disagree, as a share of all its choices, −1 to 1.
   */
  positionBias: { first: number | null; second: number | null };
  /**
   * How much higher outputs of the judge's own model are scored than those of other models, beyond what labels (or,
   * without them, the other evaluator) say of them, −1 to 1.
   */
  selfPreference: { first: number | null; second: number | null };
  costUsd: { first: number | null; second: number | null };
  latencyMs: { first: number | null; second: number | null };
  /** Most different first. */
  differences: EvaluatorDifference[];
}

export interface EvaluatorDifference {
  target: string;
  caseId: string;
  trial: number;
  first: { score: number; pass: boolean; reason: string };
  second: { score: number; pass: boolean; reason: string };
}

export interface JudgeCheck {
  /** `order`: whether it chooses the same when two answers change places. */
  check: 'errors' | 'test-retest' | 'order' | 'length' | 'labels';
  status: 'pass' | 'fail' | 'unknown';
  /** The figure that was held to the limit; null where there is none. */
  value: number | null;
  reason: string;
}

/** Whether a judge can be relied on. */
export interface JudgeHealth {
  judge: string;
  /** Unhealthy when a check fails; healthy when none does and labels show that it is right; else unknown. */
  status: 'healthy' | 'unhealthy' | 'unknown';
  checks: JudgeCheck[];
  /** Against labels, each with a 95 % interval over cases and clusters; null where labels are missing or all the same. */
  againstLabels: {
    labels: number;
    kappa: number;
    kappaInterval: Range;
    /** Share of what people fail that it passes. */
    falsePasses: { mean: number; interval: Range };
    /** Share of what people pass that it fails. */
    falseFails: { mean: number; interval: Range };
  } | null;
  /** Pass rate as the judge sees it over the same outputs as `corrected`; null without a judgement. */
  judged: number | null;
  /** The pass rate, corrected by the labels; null without enough of them. */
  corrected: { mean: number; interval: Range } | null;
}

/** Thresholds that let a cheap stage settle cases the way the judge would. */
export interface CascadeCalibration {
  stage: 'heuristic' | 'lexical';
  /** Below `fail` a case is settled as failed, at or above `pass` as passed; null: never. */
  thresholds: { fail: number | null; pass: number | null };
  outputs: number;
  /** Share of the outputs that they settle, and with it of the judge calls that they save. */
  settled: number;
  /** Of outputs that took no part in fitting: agreement with the full verdict among the settled ones. */
  heldOut: { settled: number; agreement: number | null; interval: Range | null };
  /** The asked agreement was reached on the held-out outputs, even at the lower end of the interval. */
  holds: boolean;
}

/** What a stored run tells of its evaluators. */
export interface EvaluatorStudy {
  run: string;
  agreements: EvaluatorAgreement[];
  judges: JudgeHealth[];
  calibrations: CascadeCalibration[];
  /** Things to know when reading it, one sentence each. */
  notes: string[];
}
