import type { JudgeCheck, JudgeHealth } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import { cohensKappa } from '../../statistics/agreement.ts';
import { type JudgeErrors, judgeErrors } from '../../statistics/judgeErrors.ts';
import type { CorrectedRate, JudgedOutput } from '../../statistics/predictionPowered.ts';
import { compareEvaluators } from './evaluatorAgreement.ts';
import { orderSwaps } from './judgeBias.ts';
import { judgedOutputs } from './judgedOutputs.ts';
import { passRates } from './judgedRate.ts';
import { judgedAgain, judgedTwice } from './retest.ts';

/** Below these a judge is not to be relied on; Landis & Koch 1977, Biometrics 33, 159–174, call 0.61 substantial. */
const LEAST_KAPPA = 0.61;
const MOST_LENGTH_BIAS = 0.5;
/** Share of choices that must stay when the two answers change places. */
const LEAST_CONSISTENCY = 0.8;
/** Figures from fewer outputs than this are not held against a judge. */
const FEW = 20;
/** As many labels of either kind, pass and fail, are needed to know either kind of error. */
const FEW_OF_A_KIND = 5;

export interface JudgeHealthOptions {
  judge: string;
  /** Results of the same outputs, judged once more; without them, equal outputs of one case within the run stand in. */
  again?: readonly TrialResult[];
  /** A person's verdict on an output; undefined where there is none. */
  labelOf?: (result: TrialResult) => boolean | undefined;
}

/**
 * Whether a judge can be relied on: does it answer, repeat itself, ignore length, and agree with people? Only labels can
 * show that it is right, so that without them it is never healthy.
 */
export function judgeHealth(results: readonly TrialResult[], options: JudgeHealthOptions): JudgeHealth {
  const { judge, labelOf = () => undefined } = options;
  const outputs = judgedOutputs(results, judge, labelOf).filter(({ label }) => label !== undefined);
  const errors = judgeErrors(outputs);
  const checks = [
    errorCheck(results, judge),
    retestCheck(results, options),
    orderCheck(results, judge),
    lengthCheck(results, judge),
    labelCheck(outputs, errors),
  ];
  const failed = checks.some(({ status }) => status === 'fail');
  const right = checks.some(({ status, check }) => status === 'pass' && check === 'labels');
  return {
    judge,
    status: failed ? 'unhealthy' : right ? 'healthy' : 'unknown',
    checks,
    againstLabels: errors && { labels: outputs.length, ...errors },
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
  // All passed, or all failed, both times: there is no kappa, but no disagreement either.
  const value = cohensKappa(pairs, 2) ?? 1;
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

/** Chance agrees with nine of ten labels where nine of ten are passes, so that agreement beyond chance counts. */
function labelCheck(outputs: readonly JudgedOutput[], errors: JudgeErrors | null): JudgeCheck {
  const { length } = outputs;
  if (length < FEW) return unknown('labels', `${length} of its judgements have a label, ${FEW} are needed`);
  const passes = outputs.filter(({ label }) => label).length;
  if (!errors || Math.min(passes, length - passes) < FEW_OF_A_KIND)
    return unknown(
      'labels',
      `of ${length} labels ${passes} are passes and ${length - passes} fails, ${FEW_OF_A_KIND} of each are needed`,
    );
  const { kappa, kappaInterval, falsePasses, falseFails } = errors;
  return held(
    'labels',
    kappa,
    kappa >= LEAST_KAPPA,
    `kappa ${figure(kappa)} (95 % interval ${figure(kappaInterval.low)} to ${figure(kappaInterval.high)}) with ${length} labels, at least ${LEAST_KAPPA} is asked for; it passes ${rate(falsePasses)} of what people fail and fails ${rate(falseFails)} of what they pass`,
  );
}

function unknown(check: JudgeCheck['check'], reason: string): JudgeCheck {
  return { check, status: 'unknown', value: null, reason };
}

function held(check: JudgeCheck['check'], value: number | null, holds: boolean, reason: string): JudgeCheck {
  return { check, status: holds ? 'pass' : 'fail', value, reason };
}

function rate({ mean, interval }: CorrectedRate): string {
  const percent = (share: number) => (share * 100).toFixed(1);
  return `${percent(mean)} % (${percent(interval.low)} to ${percent(interval.high)} %)`;
}

function figure(value: number): string {
  return value.toFixed(2);
}
