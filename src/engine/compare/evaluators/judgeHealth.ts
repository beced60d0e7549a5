import type { JudgeCheck, JudgeHealth } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import { cohensKappa } from '../../statistics/agreement.ts';
import { compareEvaluators } from './agreement.ts';
import { orderSwaps } from './judgeBias.ts';
import { passRates } from './judgedRate.ts';
import { ratingOf } from './ratings.ts';
import { judgedAgain, judgedTwice } from './retest.ts';

/** Below these a judge is not to be relied on; Landis & Koch 1977, Biometrics 33, 159–174, call 0.61 substantial. */
const LEAST_KAPPA = 0.61;
const MOST_LENGTH_BIAS = 0.5;
/** Share of choices that must stay when the two answers change places. */
const LEAST_CONSISTENCY = 0.8;
/** Figures from fewer outputs than this are not held against a judge. */
const FEW = 20;

export interface JudgeHealthOptions {
  judge: string;
  /** Results of the same outputs, judged once more; without them, equal outputs of one case within the run stand in. */
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
    orderCheck(results, judge),
    lengthCheck(results, judge),
    labelCheck(results, judge, labelOf),
  ];
  const failed = checks.some(({ status }) => status === 'fail');
  const passed = checks.some(({ status, check }) => status === 'pass' && check !== 'errors');
  return {
    judge,
    status: failed ? 'unhealthy' : passed ? 'healthy' : 'unknown',
    checks,
    ...passRates(results, judge, labelOf),
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
  const pairs = again ? judgedAgain(results, again, judge) : judgedTwice(results, judge);
  if (pairs.length === 0) return unknown('test-retest', 'it was not asked twice about the same outputs');
  if (pairs.length < FEW) return unknown('test-retest', `only ${pairs.length} outputs were judged twice`);
  const same = pairs.filter(([first, second]) => first === second).length / pairs.length;
  // All passed, or all failed, both times: there is no kappa, but no disagreement either.
  const value = cohensKappa(pairs, 2) ?? same;
  return held(
    'test-retest',
    value,
    value >= LEAST_KAPPA,
    `kappa ${figure(value)} between two judgements of ${pairs.length} outputs, at least ${LEAST_KAPPA} is asked for`,
  );
}

function orderCheck(results: readonly TrialResult[], judge: string): JudgeCheck {
  const { choices, consistent, lean } = orderSwaps(results, judge);
  if (choices === 0) return unknown('order', 'it was not asked in two orders');
  if (choices < FEW) return unknown('order', `only ${choices} choices were made in two orders`);
  const towards = lean === 0 ? '' : `, and it leans to the ${lean > 0 ? 'first' : 'second'} answer`;
  return held(
    'order',
    consistent / choices,
    consistent / choices >= LEAST_CONSISTENCY,
    `${consistent} of ${choices} choices stay when the answers change places${towards}, at least ${LEAST_CONSISTENCY * 100} % are asked for`,
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

function unknown(check: JudgeCheck['check'], reason: string): JudgeCheck {
  return { check, status: 'unknown', value: null, reason };
}

function held(check: JudgeCheck['check'], value: number | null, holds: boolean, reason: string): JudgeCheck {
  return { check, status: holds ? 'pass' : 'fail', value, reason };
}

function figure(value: number | null): string {
  return value === null ? 'unknown' : value.toFixed(2);
}
