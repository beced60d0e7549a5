import type { Evaluation } from '../../model/evaluation.ts';
import type { TrialResult } from '../../model/result.ts';

/** What an evaluator said of one output. */
export interface Rating {
  score: number;
  pass: boolean;
  reason: string;
  /** Null where unknown; an evaluator that calls no model costs nothing. */
  costUsd: number | null;
  latencyMs: number;
}

/** Stands for all evaluators of a run together, under its cascade. */
export const WHOLE_VERDICT = '(verdict)';

/**
 * The rating of the evaluator with this name, or of all together; undefined where it did not run, does not apply, or failed,
 * and where another model judged in its place.
 */
export function ratingOf(result: TrialResult, name: string): Rating | undefined {
  if (name === WHOLE_VERDICT) return wholeVerdict(result);
  const found = result.evaluations.find((evaluation) => evaluation.name === name);
  if (found?.status !== 'scored' || isStandIn(found)) return undefined;
  const { score, pass, reason, latencyMs } = found;
  return { score, pass, reason, latencyMs, costUsd: costOf(found) };
}

/** Names of the evaluators that scored anything, in the order of their first result. */
export function evaluatorNames(results: Iterable<TrialResult>): string[] {
  const names = new Set<string>();
  for (const { evaluations } of results)
    for (const { name, status } of evaluations) if (status === 'scored') names.add(name);
  return [...names];
}

/** As `ratingOf`, but only of a verdict that was given for this output at this time: a stored one agrees with itself. */
export function freshRatingOf(result: TrialResult, name: string): Rating | undefined {
  const stored = result.evaluations.some(
    (evaluation) =>
      (name === WHOLE_VERDICT || evaluation.name === name) &&
      evaluation.status !== 'skipped' &&
      evaluation.source !== undefined,
  );
  return stored ? undefined : ratingOf(result, name);
}

/** Another model gave the verdict. */
function isStandIn(evaluation: Evaluation): boolean {
  return evaluation.status !== 'skipped' && evaluation.source?.kind === 'model';
}

/** An errored trial has no verdict. */
function wholeVerdict({ status, score, reason, evaluations }: TrialResult): Rating | undefined {
  if (status === 'errored' || score === null || evaluations.some(isStandIn)) return undefined;
  const ran = evaluations.filter((evaluation) => evaluation.status !== 'skipped');
  let [costUsd, latencyMs]: [number | null, number] = [0, 0];
  for (const evaluation of ran) {
    const own = evaluation.costUsd ?? (evaluation.stage === 'judge' ? null : 0);
    costUsd = costUsd === null || own === null ? null : costUsd + own;
    latencyMs += evaluation.latencyMs;
  }
  return { score, pass: status === 'passed', reason, costUsd, latencyMs };
}

function costOf(evaluation: Extract<Evaluation, { status: 'scored' }>): number | null {
  if (evaluation.costUsd !== undefined) return evaluation.costUsd;
  return evaluation.stage === 'judge' ? null : 0;
}
