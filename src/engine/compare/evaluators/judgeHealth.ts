import type { Range } from '../../model/comparison.ts';
import type { TrialResult } from '../../model/result.ts';
import { predictionPoweredMean } from '../../statistics/predictionPowered.ts';
import { compareEvaluators } from './agreement.ts';
import { ratingOf } from './ratings.ts';

/** Below these a judge is not to be relied on; Landis & Koch 1977, Biometrics 33, 159–174, call 0.61 substantial. */
const LEAST_KAPPA = 0.61;
const MOST_LENGTH_BIAS = 0.5;
/** Figures from fewer outputs than this are not held against a judge. */
const FEW = 20;

export interface JudgeCheck {
  check: 'errors' | 'test-retest' | 'length' | 'labels';
  status: 'pass' | 'fail' | 'unknown';
  /** The figure that was held to the limit; null where there is none. */
  value: number | null;
  reason: string;
}

export interface JudgeHealth {
  judge: string;
  /** Unhealthy when a check fails; unknown when none could be made. */
  status: 'healthy' | 'unhealthy' | 'unknown';
  checks: JudgeCheck[];
  /** The pass rate, corrected by the labels; null without enough of them. */
  corrected: { mean: number; interval: Range } | null;
}

export interface JudgeHealthOptions {
  judge: string;
  /** Results of the same outputs, judged once more. */
  again?: readonly TrialResult[];
  /** A person's verdict on an output; undefined where there is none. */
  labelOf?: (result: TrialResult) => boolean | undefined;
}

/** Whether a judge can be relied on: does it answer, repeat itself, ignore length, and agree with people? */
export function judgeHealth(results: readonly TrialResult[], options: JudgeHealthOptions): JudgeHealth {
  const { judge, labelOf = () => undefined } = options;
  const checks = [
    errorCheck(results, judge),
    retestCheck(results, options),
    lengthCheck(results, judge),
    labelCheck(results, judge, labelOf),
  ];
  const failed = checks.some(({ status }) => status === 'fail');
  const passed = checks.some(({ status, check }) => status === 'pass' && check !== 'errors');
  return {
    judge,
    status: failed ? 'unhealthy' : passed ? 'healthy' : 'unknown',
    checks,
    corrected: correct(results, judge, labelOf),
  };
}

/** A judge that is down, refuses, or cannot be read. */
function errorCheck(results: readonly TrialResult[], judge: string): JudgeCheck {
  const asked = results.flatMap(({ evaluations }) => evaluations.filter(({ name }) => name === judge));
  const ran = asked.filter(({ status }) => status !== 'skipped');
  const errors = ran.filter(({ status }) => status === 'error').length;
  if (ran.length === 0) return unknown('errors', 'it has judged nothing');
  return held(
    'errors',
    errors / ran.length,
    errors / ran.length <= 0.05,
    `${errors} of ${ran.length} judgements failed, at most 5 % are allowed`,
  );
}

function retestCheck(results: readonly TrialResult[], { judge, again }: JudgeHealthOptions): JudgeCheck {
  if (!again) return unknown('test-retest', 'it was not asked twice about the same outputs');
  const { outputs, kappa, samePass } = compareEvaluators(results, { first: judge, second: judge }, again);
  if (outputs < FEW) return unknown('test-retest', `only ${outputs} outputs were judged twice`);
  // All passed, or all failed, both times: there is no kappa, but no disagreement either.
  const value = kappa ?? samePass;
  return held(
    'test-retest',
    value,
    (value ?? 0) >= LEAST_KAPPA,
    `kappa ${figure(value)} between two judgements of ${outputs} outputs, at least ${LEAST_KAPPA} is asked for`,
  );
}

function lengthCheck(results: readonly TrialResult[], judge: string): JudgeCheck {
  const { outputs, lengthBias } = compareEvaluators(results, { first: judge, second: judge });
  if (outputs < FEW || lengthBias.first === null)
    return unknown('length', `${outputs} scores do not tell whether it likes long answers`);
  return held(
    'length',
    lengthBias.first,
    lengthBias.first <= MOST_LENGTH_BIAS,
    `rank correlation ${figure(lengthBias.first)} of score and length, at most ${MOST_LENGTH_BIAS} is allowed`,
  );
}

function labelCheck(
  results: readonly TrialResult[],
  judge: string,
  labelOf: (result: TrialResult) => boolean | undefined,
): JudgeCheck {
  const both = results.flatMap((result) => {
    const [rating, label] = [ratingOf(result, judge), labelOf(result)];
    return rating && label !== undefined ? [rating.pass === label] : [];
  });
  if (both.length < FEW)
    return unknown('labels', `${both.length} of its judgements have a label, ${FEW} are needed`);
  const accuracy = both.filter(Boolean).length / both.length;
  return held(
    'labels',
    accuracy,
    accuracy >= 0.8,
    `it agrees with ${(accuracy * 100).toFixed(1)} % of ${both.length} labels, at least 80 % are asked for`,
  );
}

function correct(
  results: readonly TrialResult[],
  judge: string,
  labelOf: (result: TrialResult) => boolean | undefined,
): JudgeHealth['corrected'] {
  const labelled: { label: number; judge: number }[] = [];
  const unlabelled: number[] = [];
  for (const result of results) {
    const rating = ratingOf(result, judge);
    if (!rating) continue;
    const label = labelOf(result);
    if (label === undefined) unlabelled.push(Number(rating.pass));
    else labelled.push({ label: Number(label), judge: Number(rating.pass) });
  }
  return labelled.length < FEW ? null : predictionPoweredMean(labelled, unlabelled);
}

function unknown(check: JudgeCheck['check'], reason: string): JudgeCheck {
  return { check, status: 'unknown', value: null, reason };
}

function held(check: JudgeCheck['check'], value: number | null, holds: boolean, reason: string): JudgeCheck {
  return { check, status: holds ? 'pass' : 'fail', value, reason };
}

function figure(value: number | null): string {
  return value === null ? 'unknown' : value.toFixed(2);
}
