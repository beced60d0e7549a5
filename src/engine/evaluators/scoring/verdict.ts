import { type Evaluation, STAGES, type Stage } from '../../model/evaluation.ts';
import type { Verdict } from '../../model/result.ts';
import type { Evaluator } from '../evaluator.ts';

export type StageWeights = { readonly [stage in Stage]: number };

/** Smallest score of a stage, 0–1. */
export interface StageThresholds {
  heuristic?: number;
  lexical?: number;
}

/** `all`: every evaluator must pass. `threshold`: the weighted total must reach `min`, 0–1. */
export type Rule = { kind: 'all' } | { kind: 'threshold'; min: number };

/** What a case itself asks of an evaluator: to pass by what the case says, or a score that it must reach, 0–1. */
export type CaseLimit = { kind: 'pass' } | { kind: 'score'; limit: string; metric: string; min: number };

/** By the names of the evaluators. They hold whatever the rule of the suite is. */
export type CaseLimits = ReadonlyMap<string, readonly CaseLimit[]>;

interface Scoring {
  limits?: CaseLimits;
  mode: 'cascade' | 'full';
  thresholds: StageThresholds;
  defaultThresholds?: StageThresholds;
  /** Names of evaluators that pass by a threshold of their own. */
  ownThresholds?: ReadonlySet<string>;
  pass?: { heuristic?: number; lexical?: number };
  weights: StageWeights | null;
  rule: Rule;
}

const NOTHING = 'nothing was measured: no evaluator counts for this case';

/** Sums are compared with this much slack so that rounding never fails a case. */
const ROUNDING = 1e-9;

/**
 * Status, score and reason over the evaluations of one case. Evaluators that were skipped, or whose weight
 * is 0, do not count. When nothing counts, the case is errored: nothing was measured.
 */
export function concludeVerdict(
  evaluations: readonly Evaluation[],
  scoring: Scoring,
): Pick<Verdict, 'status' | 'score' | 'reason'> {
  const score = total(evaluations, scoring.weights, 'drop');
  const failed = settledReason(evaluations, [], scoring);
  if (failed !== undefined) return { status: 'failed', score, reason: failed };

  const error = evaluations.find((evaluation) => evaluation.status === 'error' && evaluation.weight > 0);
  // What the others scored is no score of the case.
  if (error) return { status: 'errored', score: null, reason: `${error.name}: ${error.reason}` };
  if (score === null) return { status: 'errored', score, reason: NOTHING };

  const reason =
    scoring.rule.kind === 'all'
      ? 'every evaluator passed'
      : `score ${score.toFixed(2)} reaches the threshold ${scoring.rule.min}`;

  return { status: 'passed', score, reason };
}

/** Why the case has failed for certain whatever the `later` evaluators say; undefined when it is still open. */
export function settledReason(
  evaluations: readonly Evaluation[],
  later: readonly Evaluator[],
  scoring: Scoring,
): string | undefined {
  const limit = scoring.limits && missedLimit(evaluations, scoring.limits);
  if (limit !== undefined) return limit;

  if (scoring.rule.kind === 'all') {
    const first = evaluations.find(isFailed);
    if (first) {
      const more = evaluations.filter(isFailed).length - 1;
      return `${first.name}: ${first.reason}${more > 0 ? ` (and ${more} more)` : ''}`;
    }
  }

  if (scoring.mode === 'cascade') {
    const stage = stageBelowThreshold(evaluations, scoring);
    if (stage) return stage;
  }

  if (scoring.rule.kind === 'all') return undefined;
  return totalBelowThreshold(evaluations, later, scoring, scoring.rule.min);
}

/**
 * Why the judge need not be asked: a stage reaches its pass threshold and nothing speaks against the case. Undefined
 * while any other evaluator is to come or one that measures a limit of the case, or where one failed to measure.
 */
export function clearPass(
  evaluations: readonly Evaluation[],
  later: readonly Evaluator[],
  scoring: Scoring,
): string | undefined {
  if (!scoring.pass || later.some(({ stage }) => stage !== 'judge')) return undefined;
  if (later.some(({ spec }) => scoring.limits?.has(spec.name))) return undefined;
  if (concludeVerdict(evaluations, scoring).status !== 'passed') return undefined;

  for (const stage of ['heuristic', 'lexical'] as const) {
    const least = scoring.pass[stage];
    if (least === undefined) continue;
    const { score, weight } = stageSum(evaluations, stage, 'drop');
    if (weight > 0 && score / weight >= least - ROUNDING)
      return `${stage} score ${(score / weight).toFixed(2)} reaches ${least}: a clear pass`;
  }

  return undefined;
}

/** The limit of the case that its evaluations miss. */
function missedLimit(evaluations: readonly Evaluation[], limits: CaseLimits): string | undefined {
  for (const evaluation of evaluations) {
    if (evaluation.status !== 'scored') continue;
    const { name, pass, score, reason } = evaluation;
    for (const asked of limits.get(name) ?? []) {
      if (asked.kind === 'pass' && !pass) return `${name}: ${reason}`;
      if (asked.kind === 'score' && score < asked.min - ROUNDING)
        return `${name}: ${asked.metric} ${score.toFixed(2)}, at least ${asked.min} required (${asked.limit})`;
    }
  }
  return undefined;
}

/**
 * A threshold that the suite names holds for the whole stage. The default one is not asked about a score that has passed
 * a threshold of its own.
 */
function stageBelowThreshold(evaluations: readonly Evaluation[], scoring: Scoring): string | undefined {
  const { thresholds, defaultThresholds, ownThresholds } = scoring;
  for (const stage of ['heuristic', 'lexical'] as const) {
    const named = thresholds[stage];
    const min = named ?? defaultThresholds?.[stage];
    if (min === undefined) continue;

    const hasPassed = (one: Evaluation): boolean =>
      one.status === 'scored' && one.pass && ownThresholds?.has(one.name) === true;
    const counting = named === undefined ? evaluations.filter((one) => !hasPassed(one)) : evaluations;
    const sum = stageSum(counting, stage, 'perfect');
    if (sum.weight > 0 && sum.score / sum.weight < min - ROUNDING) {
      return `${stage} score ${(sum.score / sum.weight).toFixed(2)} is below ${min}`;
    }
  }

  return undefined;
}

function totalBelowThreshold(
  evaluations: readonly Evaluation[],
  later: readonly Evaluator[],
  scoring: Scoring,
  min: number,
): string | undefined {
  const best = total(evaluations, scoring.weights, 'perfect', later);
  if (best === null || best >= min - ROUNDING) return undefined;
  return later.length > 0
    ? `the score cannot exceed ${best.toFixed(2)}, the threshold is ${min}`
    : `score ${best.toFixed(2)} is below the threshold ${min}`;
}

function isFailed(evaluation: Evaluation): boolean {
  return evaluation.status === 'scored' && !evaluation.pass && evaluation.weight > 0;
}

/**
 * The total over stages: sum of w_stage × score_stage over the sum of w_stage, for stages that have a score;
 * or over all evaluators at once where there are no stage weights. Null when nothing was scored.
 */
function total(
  evaluations: readonly Evaluation[],
  weights: StageWeights | null,
  errors: 'drop' | 'perfect',
  later: readonly Evaluator[] = [],
): number | null {
  const sums = STAGES.map((stage) => stageSum(evaluations, stage, errors, later));
  const present = sums.filter((sum) => sum.weight > 0);
  if (present.length === 0) return null;
  if (weights === null) {
    const weight = present.reduce((all, sum) => all + sum.weight, 0);
    return present.reduce((all, sum) => all + sum.score, 0) / weight;
  }

  const weighed = present.map((sum) => ({ mean: sum.score / sum.weight, weight: weights[sum.stage] }));
  const weight = weighed.reduce((all, stage) => all + stage.weight, 0);
  // Stages that all weigh nothing count alike; otherwise they could not be scored.
  if (weight === 0) return weighed.reduce((all, stage) => all + stage.mean, 0) / weighed.length;

  return weighed.reduce((all, stage) => all + stage.weight * stage.mean, 0) / weight;
}

function stageSum(
  evaluations: readonly Evaluation[],
  stage: Stage,
  errors: 'drop' | 'perfect',
  later: readonly Evaluator[] = [],
): { stage: Stage; score: number; weight: number } {
  let score = 0;
  let weight = 0;
  for (const evaluation of evaluations) {
    if (evaluation.stage !== stage || evaluation.status === 'skipped') continue;
    if (evaluation.status === 'error' && errors === 'drop') continue;
    weight += evaluation.weight;
    score += evaluation.weight * (evaluation.status === 'scored' ? evaluation.score : 1);
  }

  for (const evaluator of later) {
    if (evaluator.stage !== stage) continue;
    weight += evaluator.spec.weight;
    score += evaluator.spec.weight;
  }

  return { stage, score, weight };
}
