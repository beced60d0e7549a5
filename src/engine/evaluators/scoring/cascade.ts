import { UserError } from '../../errors.ts';
import { defined } from '../../model/defined.ts';
import { type Evaluation, type Score, STAGES, type Stage } from '../../model/evaluation.ts';
import { micros } from '../../model/micros.ts';
import type { Settlement, Verdict } from '../../model/result.ts';
import { ModelError } from '../../models/modelClient.ts';
import { refusalOf } from '../../models/refusal.ts';
import type { Clock, Log, Span } from '../../ports.ts';
import { ScriptError } from '../../processes/scripts/scriptCall.ts';
import type { EvaluationInput, Evaluator } from '../evaluator.ts';
import type { PaidReplies } from '../judge/paidReplies.ts';
import { PatternTimeout } from '../patterns/pattern.ts';
import type { CaseScoring } from './caseScoring.ts';
import { EvaluatorSpan } from './evaluatorSpan.ts';
import {
  type CaseLimits,
  clearPass,
  concludeVerdict,
  type Rule,
  type StageThresholds,
  type StageWeights,
  settledReason,
} from './verdict.ts';

export interface CascadeOptions {
  /**
   * `cascade` stops as soon as the case has failed for certain. `full` runs every evaluator; stage
   * thresholds then play no part in the verdict.
   */
  mode: 'cascade' | 'full';
  /** What the suite asks of a stage, in mode `cascade`; a stage without one uses `defaultThresholds`, if any. */
  thresholds: StageThresholds;
  /** Asked of a stage for which the suite names none, but not of scores that have passed a threshold of their own. */
  defaultThresholds?: StageThresholds;
  /** Score of a stage, 0–1, from which the judge is left out in mode `cascade`; never where absent. */
  pass?: { heuristic?: number; lexical?: number };
  /** What the case asks for beside the rule. */
  limits?: CaseLimits;
  /** Null: the total is the plain weighted mean of all evaluators, as in promptfoo. */
  weights: StageWeights | null;
  rule: Rule;
  /** Makes the verdict in place of the rule, once every evaluator has run. */
  scoring?: CaseScoring;
  signal: AbortSignal;
  /** The span of the trial; evaluators that take time have a child of it. */
  span: Span;
  clock: Clock;
  log: Log;
  /** From 0; handed on to the evaluators. */
  trial?: number;
  /** Who asks; handed on to the evaluators. */
  caller?: string;
  /** What judges have answered about the trial; handed on to the evaluators. */
  paid?: PaidReplies;
  /** Asked once for a case that was settled early: true runs the judge all the same, to compare. */
  audit?: () => boolean;
}

/** Everything known about one case so far. */
interface Progress {
  readonly evaluators: readonly Evaluator[];
  readonly input: EvaluationInput;
  readonly options: CascadeOptions & { ownThresholds: ReadonlySet<string> };
  readonly evaluations: Evaluation[];
  /** The last stage that ran. */
  stage: Stage | 'none';
}

/**
 * Runs the evaluators from the cheapest stage to the dearest and says whether the case passed.
 *
 * Within a stage all run: synchronous ones in order, asynchronous ones at the same time. After a stage the
 * case has failed for certain when (a) even with its errored evaluators counted as perfect the stage stays
 * below its threshold, (b) under rule `all` an evaluator failed, or (c) under rule `threshold` even perfect
 * later stages cannot lift the total to the minimum. Later stages are then left out. Errors do not stop the
 * cascade: a later failure still turns an errored case into a failed one. Where only the judge is left, a case
 * that passes so far and whose stage reaches its pass threshold is a clear pass.
 *
 * Synchronous as long as every evaluator is. Rejects only with the signal's reason, and with the refusal of a judge's call
 * by one of our policies.
 */
export function runCascade(
  evaluators: readonly Evaluator[],
  input: EvaluationInput,
  options: CascadeOptions,
): Verdict | Promise<Verdict> {
  const own = evaluators.flatMap(({ spec, ownThreshold }) => (ownThreshold ? [spec.name] : []));
  const withOwn = { ...options, ownThresholds: new Set(own) };
  return advance({ evaluators, input, options: withOwn, evaluations: [], stage: 'none' }, 0);
}

function advance(progress: Progress, from: number): Verdict | Promise<Verdict> {
  for (let index = from; index < STAGES.length; index++) {
    const stage = STAGES[index] as Stage;
    const pending = runStage(progress, stage);
    if (pending) return pending.then(() => settle(progress, index) ?? advance(progress, index + 1));
    const verdict = settle(progress, index);
    if (verdict) return verdict;
  }
  const verdict = conclude(progress, undefined);
  const { scoring, signal } = progress.options;
  return scoring ? scoring(progress, signal).then((scored) => ({ ...verdict, ...scored })) : verdict;
}

/** The verdict when the stage settled it and something is left to save; otherwise undefined. */
function settle(progress: Progress, index: number): Verdict | Promise<Verdict> | undefined {
  const { options, evaluators, evaluations } = progress;
  if (options.mode === 'full' || options.scoring || progress.stage !== STAGES[index]) return undefined;
  const later = evaluators.filter((evaluator) => STAGES.indexOf(evaluator.stage) > index);
  if (later.length === 0) return undefined;
  const reason = settledReason(evaluations, later, options) ?? clearPass(evaluations, later, options);
  if (reason === undefined) return undefined;
  const audited = later.some((evaluator) => evaluator.stage === 'judge') && options.audit?.() === true;
  if (!audited) return conclude(progress, reason, later);
  return audit(progress, reason, later);
}

async function audit(progress: Progress, reason: string, later: Evaluator[]): Promise<Verdict> {
  const verdict = conclude(
    progress,
    reason,
    later.filter((evaluator) => evaluator.stage !== 'judge'),
  );
  const known = progress.evaluations.length;
  await runStage(progress, 'judge');

  const judged = progress.evaluations.slice(known);
  const scored = judged.flatMap((evaluation) =>
    evaluation.status === 'scored' && evaluation.weight > 0 ? [evaluation.pass] : [],
  );
  const settlement: Settlement = { ...verdict.settlement, early: true };
  if (scored.length > 0 && !judged.some((evaluation) => evaluation.status === 'error')) {
    settlement.audited = {
      agrees: scored.every((pass) => pass) === (verdict.status === 'passed'),
    };
  }

  return { ...verdict, settlement };
}

function conclude(progress: Progress, reason: string | undefined, skipped: Evaluator[] = []): Verdict {
  const { options, evaluations, stage } = progress;
  const settlement: Settlement = {
    stage,
    early: skipped.length > 0,
    reason: reason ?? 'every evaluator ran',
    skipped: skipped.map((evaluator) => ({ name: evaluator.spec.name, stage: evaluator.stage })),
  };
  return { ...concludeVerdict(evaluations, options), evaluations, settlement };
}

/** Runs one stage; a promise only when one of its evaluators is asynchronous. */
function runStage(progress: Progress, stage: Stage): Promise<void> | undefined {
  const { evaluators, evaluations, options } = progress;
  let pending: Promise<void>[] | undefined;
  for (const evaluator of evaluators) {
    if (evaluator.stage !== stage) continue;

    options.signal.throwIfAborted();
    progress.stage = stage;
    const result = runOne(evaluator, progress);
    if (!(result instanceof Promise)) {
      evaluations.push(result);
      continue;
    }

    // A place is kept so that results stand in the order of the suite.
    const place = evaluations.push(placeholder(evaluator)) - 1;
    pending ??= [];
    pending.push(
      result.then((evaluation) => {
        evaluations[place] = evaluation;
      }),
    );
  }

  if (!pending) return undefined;
  return allDone(pending).then(() => options.signal.throwIfAborted());
}

/** Where one is refused, the others are paid all the same, and are waited for. */
async function allDone(pending: readonly Promise<void>[]): Promise<void> {
  const refused = (await Promise.allSettled(pending)).find(({ status }) => status === 'rejected');
  if (refused?.status === 'rejected') throw refused.reason;
}

function runOne(evaluator: Evaluator, { input, options }: Progress): Evaluation | Promise<Evaluation> {
  const span = new EvaluatorSpan(options.span, evaluator.spec.name);
  const started = options.clock.monotonic();

  const finish = (score: Score): Evaluation =>
    record(evaluator, checked(score), options.clock.monotonic() - started, span);
  const broken = (error: unknown): Evaluation => finish(failure(error, evaluator, options));
  try {
    const { signal, trial, caller, paid } = options;
    const { bulkhead: pool } = evaluator.spec;
    const score = evaluator.evaluate(input, { signal, span, ...defined({ trial, pool, caller, paid }) });
    if (!(score instanceof Promise)) return finish(score);
    span.open();
    return score.then(finish, broken);
  } catch (error) {
    return broken(error);
  }
}

function failure(error: unknown, evaluator: Evaluator, { signal, log }: CascadeOptions): Score {
  // Nothing was asked: it says nothing of the output, which can be judged later.
  if (refusalOf(error)) throw error;

  const reason = error instanceof Error ? error.message : String(error);
  const expected =
    error instanceof UserError ||
    error instanceof ModelError ||
    error instanceof PatternTimeout ||
    error instanceof ScriptError ||
    signal.aborted;
  if (!expected) {
    const stack = error instanceof Error ? (error.stack ?? reason) : reason;
    log.write('error', `the evaluator ${evaluator.spec.name} failed unexpectedly`, { stack });
  }

  return {
    status: 'error',
    reason,
    ...(error instanceof ModelError ? { detail: { code: error.code } } : {}),
  };
}

/** A score outside 0–1 is no measurement. */
function checked(score: Score): Score {
  if (score.status !== 'scored' || (score.score >= 0 && score.score <= 1)) return score;
  const { pass: _pass, score: value, ...rest } = score;
  return { ...rest, status: 'error', reason: `the score ${value} is not between 0 and 1` };
}

function record(evaluator: Evaluator, score: Score, latencyMs: number, span: EvaluatorSpan): Evaluation {
  const { name, type, weight, metric, location } = evaluator.spec;
  span.conclude(score);
  const taken = score.status === 'skipped' ? latencyMs : (score.latencyMs ?? latencyMs);
  const latency = micros(taken);
  const evaluation: Evaluation = { ...score, name, type, stage: evaluator.stage, weight, latencyMs: latency };
  if (metric !== undefined) evaluation.metric = metric;
  if (location !== undefined) evaluation.location = location;
  return evaluation;
}

function placeholder({ spec, stage }: Evaluator): Evaluation {
  const { name, type, weight } = spec;
  return { status: 'error', reason: 'did not finish', name, type, stage, weight, latencyMs: 0 };
}
