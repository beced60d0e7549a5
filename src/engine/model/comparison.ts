import type { AnswerSources } from './answerSources.ts';
import type { GateReport } from './gateReport.ts';

/**
 * What a comparison says of the candidate, the worst first. `mixed`: pass rate and score differ in opposite
 * directions. `undecided` is an answer as well: the evidence does not reach further. `identical`: everything was
 * measured, and no output, verdict or score differs.
 */
export const COMPARISON_WORDS = ['worse', 'mixed', 'undecided', 'equivalent', 'identical', 'better'] as const;
export type ComparisonWord = (typeof COMPARISON_WORDS)[number];

export type MetricName = 'pass' | 'score';

/** Both ends belong to it. */
export interface Range {
  low: number;
  high: number;
}

/** One side of a comparison: stored results of one or more targets of a run. */
export interface ComparedSide {
  /** As the person named it, e.g. `HEAD`, `v1`, `openai/gpt-5-mini`, a run's id. */
  label: string;
  runId: string;
  targets: { name: string; kind: string; hash: string }[];
  /** Trials whose results were taken over from an earlier run of the very same target and cases. */
  reusedTrials: number;
  /** Where its answers come from; absent where all are fresh ones of the targets' own. */
  sources?: AnswerSources;
}

/** All trials of one case on one side. */
export interface CaseSide {
  /** As the run calls it. */
  target: string;
  /** As many as were planned. */
  trials: number;
  passed: number;
  errored: number;
  /** Trials without a verdict: errored, or not run. */
  unmeasured: number;
  /** Trials without a whole score; those without a verdict are among them. */
  unscored: number;
  /** Share of passed trials among the measured ones, 0–1; null when nothing was measured. */
  passShare: number | null;
  /** Mean score of the scored trials, 0–1. */
  score: number | null;
  /** Means over trials; null where it is unknown for any of them, or where one gave no complete output of its own. */
  costUsd: number | null;
  tokens: number | null;
  /** In milliseconds. */
  latencyMs: number | null;
  /** Of the first trial that did not pass; of the first where all passed. */
  reason: string;
  /** Of the same trial. */
  trial: number;
  traceId: string;
}

/** `unmeasured`: at least one side has no result that could be scored. */
export type CaseChange = 'improved' | 'degraded' | 'neutral' | 'unmeasured';

/** One case under both sides. */
export interface CaseComparison {
  caseId: string;
  /** Position in the candidate's dataset, from 0. */
  caseIndex: number;
  cluster?: string;
  tags: string[];
  baseline: CaseSide;
  candidate: CaseSide;
  /** Candidate minus baseline; null where unmeasured. */
  passDifference: number | null;
  scoreDifference: number | null;
  /** By the score, beyond ±0.05; by the passes where a score is missing. */
  change: CaseChange;
  /** Every trial gave the very same output on both sides. */
  sameOutput: boolean;
}

export interface MetricComparison {
  /** `pass`: share of passed trials. `score`: mean score. Both 0–1, each case weighing the same. */
  metric: MetricName;
  pairs: number;
  /** Independent units: cases that share a source count once. */
  clusters: number;
  baseline: number;
  candidate: number;
  difference: number;
  /**
   * 95 % for this metric by itself, so that it goes with `p`, not with `adjustedP`: it holds 0 when p > 0.05. In a sequential
   * comparison it holds at every look. Null with too little data.
   */
  interval: Range | null;
  test: 'mcnemar' | 'sign-flip' | 'bootstrap' | 'betting';
  /** Two-sided, for "no difference", never below 1e-300; null with too little data. */
  p: number | null;
  /** After Holm, over the metrics. */
  adjustedP: number | null;
  /** Wilcoxon's signed-rank p over clusters, as a cross-check; it takes no part in the verdict. */
  wilcoxonP: number | null;
  /** One-sided p-values against the margin; small means: not worse, or not better, by the margin. */
  nonInferiorityP: number | null;
  nonSuperiorityP: number | null;
  /** Cohen's d_z; null where all differences are the same. */
  effectSize: number | null;
  /**
   * Odds of an improvement against a degradation, from what passed on one side only, by clusters; its interval holds 1 when
   * that of the difference holds 0. A null within has no bound; null altogether in a sequential comparison.
   */
  oddsRatio: { ratio: number | null; low: number; high: number | null } | null;
  /** Smallest true difference that these cases find with 80 % power by the rule of the verdict; null where there is none. */
  smallestEffect: number | null;
  /** Cases of this kind that would find the observed difference with 80 % power, if it is the true one. */
  casesToFind: number | null;
  /** Cases of this kind that would show with 80 % power that there is no difference beyond the margin, if there is none. */
  casesToShowEquivalence: number | null;
  /** The smaller of the two; all three are null in a sequential comparison. */
  casesToDecide: number | null;
}

export interface TagComparison {
  tag: string;
  /** Pairs that were measured on both sides, and cases that were not, or only in part. */
  pairs: number;
  unmeasured: number;
  improved: number;
  degraded: number;
  passDifference: number;
  scoreDifference: number | null;
  /** The smaller of pass and score, after Holm over all tags and both metrics. */
  adjustedP: number | null;
  word: 'better' | 'worse' | 'mixed' | 'undecided';
}

/** What a case costs on each side, over the pairs where both are known. */
export interface ResourceComparison {
  resource: 'cost' | 'tokens' | 'latency';
  unit: 'usd' | 'tokens' | 'ms';
  /** Pairs where both sides are known, and where one is not. */
  pairs: number;
  unknown: number;
  /** Means over cases; null without pairs. */
  baseline: number | null;
  candidate: number | null;
  difference: number | null;
  interval: Range | null;
  /** Difference as a share of the baseline; null where the baseline is 0 or unknown. */
  relative: number | null;
}

/** pass^k: the chance that k trials of one case all pass. It takes no part in the verdict. */
export interface ConsistencyComparison {
  /** The fewest trials that a case has on a side, at least 2. */
  k: number;
  pairs: number;
  /** Means over cases, 0–1. */
  baseline: number;
  candidate: number;
  difference: number;
  /** 95 %; null with too little data. */
  interval: Range | null;
}

export interface ComparisonVerdict {
  word: ComparisonWord;
  /** One sentence for a person. */
  reason: string;
  /** The figures behind it, one sentence each. */
  evidence: string[];
  /**
   * Metrics that are significantly worse: for certain, and those that would be if what could not be measured went
   * against the candidate.
   */
  regressions: { shown: MetricName[]; possible: MetricName[] };
}

export interface ComparisonCounts {
  pairs: number;
  improved: number;
  degraded: number;
  neutral: number;
  unmeasured: number;
  clusters: number;
  /** Pairs that were planned and of which neither side has a result. */
  unseen: number;
  /** Cases of one side only that the other never had, and cases whose content differs: they cannot be compared. */
  baselineOnly: number;
  candidateOnly: number;
  changedContent: number;
}

/** How far a comparison that stops early came. */
export interface SequentialProgress {
  /** Pairs that were looked at, of those planned. */
  pairs: number;
  planned: number;
  stopped: boolean;
  /** What the rest would have cost at the mean cost of the calls made; null where that is unknown. */
  savedCostUsd: number | null;
}

/** Baseline against candidate, paired by case. Plain data: the command line and the panel show the same. */
export interface Comparison {
  suite: string;
  dataset: { path: string; version: string };
  baseline: ComparedSide;
  candidate: ComparedSide;
  /** Non-inferiority and equivalence margin of both metrics, 0–1. */
  margin: number;
  verdict: ComparisonVerdict;
  metrics: MetricComparison[];
  /** Null where cases have single trials, and where the cases were looked at while they came in. */
  consistency: ConsistencyComparison | null;
  tags: TagComparison[];
  resources: ResourceComparison[];
  counts: ComparisonCounts;
  /** In the order of targets and cases. */
  cases: CaseComparison[];
  /** Null where all cases were run before anything was tested. */
  sequential: SequentialProgress | null;
  /** Null where the suite has no gate. */
  gate: GateReport | null;
  /** Things to know when reading it, one sentence each. */
  notes: string[];
}
