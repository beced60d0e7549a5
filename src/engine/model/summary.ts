import type { AnswerSources } from './answerSources.ts';
import type { Stage } from './evaluation.ts';

/** Figures over a group of trials. Null always means "no data", never 0. */
export interface GroupSummary {
  trials: number;
  cases: number;
  passed: number;
  failed: number;
  errored: number;
  /** Share of passed trials, each case weighing the same; errored trials count as not passed. */
  passRate: number | null;
  /** 95 %: Clopper & Pearson's; with clusters or several trials one over independent cases. */
  passRateInterval: { low: number; high: number } | null;
  /** Over the trials that were measured. */
  meanScore: number | null;
  /** The mean over all trials with every missing score taken as 0, and as 1; null without trials. */
  scoreBounds: { low: number; high: number } | null;
  /** 95 % interval of the mean score with every missing one taken as 0, as that of the pass rate. */
  scoreInterval: { low: number; high: number } | null;
  /** Standard error of the mean score, clustered by `cluster`; trials are averaged within a case first. */
  scoreStandardError: number | null;
  /** Index 0 is pass^1: the chance that k trials of one case all pass. */
  passHatK: number[];
  /** Cases of which some trials passed and some failed. */
  flakyCases: number;
  /** Cases that would be among them if what could not be measured had come out otherwise than the rest. */
  maybeFlakyCases: number;
  inputTokens: number | null;
  outputTokens: number | null;
  /** What is known of the targets' cost; `unknownCosts` trials have none. */
  costUsd: number | null;
  unknownCosts: number;
  /** Over complete outputs. */
  latencyMs: { p50: number; p95: number; p99: number } | null;
  /** p95 over all trials if those without a complete output took no time, and if they never ended (null). */
  p95Bounds: { low: number; high: number | null } | null;
}

export interface StageSummary {
  stage: Stage | 'none';
  /** Trials whose verdict this stage settled. */
  settled: number;
  early: number;
}

export interface EvaluatorSummary {
  name: string;
  type: string;
  stage: Stage;
  scored: number;
  passed: number;
  errors: number;
  /** Did not apply to the case. */
  notApplicable: number;
  /** Left out because the verdict was settled before. */
  leftOut: number;
  meanScore: number | null;
}

/** What stopping early saved against running every evaluator. */
export interface CascadeSummary {
  /** Calls of judges' models: an evaluation may take several. */
  judgeCalls: number;
  /** Of each judge, the evaluations that were left out × its mean calls; one where it never ran. */
  judgeCallsSaved: number;
  /** Null where the cost of a call is unknown. */
  judgeCostUsd: number | null;
  /** The same with its mean cost; null where a judge that was left out never ran, or its cost is unknown. */
  savedCostUsd: number | null;
  /** The same with its mean time, in milliseconds; null where a judge that was left out never ran. */
  savedMs: number | null;
  /**
   * Trials that were settled early and judged all the same, and those of them where the judge agreed; 95 % interval of
   * that share over independent cases, null without such trials.
   */
  audited: { trials: number; agreed: number; interval: { low: number; high: number } | null };
}

export interface RunSummary {
  total: GroupSummary;
  targets: { target: string; summary: GroupSummary; tags: { tag: string; summary: GroupSummary }[] }[];
  tags: { tag: string; summary: GroupSummary }[];
  stages: StageSummary[];
  evaluators: EvaluatorSummary[];
  cascade: CascadeSummary;
  /** Where answers come from; absent where all are fresh ones of the targets' own. */
  sources?: AnswerSources;
  /** Trials that the plan holds and the store does not: the run is not complete. */
  missing: number;
  /** Why the program itself ended it before it was complete. */
  stopped?: string;
}
