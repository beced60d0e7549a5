import type { EvaluationCriteria } from '../../model/case.ts';
import type { Score } from '../../model/evaluation.ts';
import type { JsonObject } from '../../model/json.ts';
import type { EvaluationInput } from '../evaluator.ts';
import { type Paid, spendingOf } from './spending.ts';

/** 7 of 10 is not less than 0.7. */
const ROUNDING = 1e-9;

/** A verdict as a Score, with what it cost. `score` is 0–1. Without a threshold, any score above 0 passes. */
export function judged(
  verdict: { score: number; threshold: number | undefined; reason: string; detail: JsonObject },
  calls: readonly Paid[],
): Score {
  const { score, threshold, reason, detail } = verdict;
  const pass = threshold === undefined ? score > 0 : score >= threshold - ROUNDING;
  return { status: 'scored', score, pass, reason, detail, ...spendingOf(calls) };
}

/** The threshold of the options, else the case's own `min_accuracy`, else the evaluator's default. */
export function thresholdOf<Default extends number | undefined>(
  given: number | undefined,
  input: EvaluationInput,
  otherwise: Default,
): number | Default {
  const criteria: EvaluationCriteria | undefined = input.case.evaluation_criteria;
  return given ?? criteria?.min_accuracy ?? otherwise;
}

export function noText(name: string): Score {
  return notAsked(`the judge prompt uses {{ ${name} }}, which the case does not define`);
}

/** Nothing was measured because the judge could not be asked; that costs nothing. */
export function notAsked(reason: string): Score {
  return { status: 'error', reason, ...spendingOf([]) };
}
