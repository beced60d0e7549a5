import type { CascadeCalibration } from '../../model/evaluatorStudy.ts';
import type { TrialResult } from '../../model/result.ts';
import { boundedShareInterval } from '../../statistics/boundedMean.ts';
import { atMostP } from '../../statistics/exactShare.ts';
import { Xoshiro128 } from '../../statistics/prng.ts';

const FOLDS = 5;
/** That of one end of a 95 % interval. */
const SURE = 0.025;

export interface CalibrationOptions {
  stage: 'heuristic' | 'lexical';
  /** Agreement with the full verdict that settled outputs must keep, 0–1. */
  agreement: number;
  /** Decides which outputs are held out together. */
  seed: number;
}

/** An output that every stage has judged. */
interface Judged {
  score: number;
  passed: boolean;
  /** Cases that share a source are held out together. */
  group: string;
}

interface Thresholds {
  fail: number | null;
  pass: number | null;
}

/**
 * Fits the two thresholds of a cheap stage so that what it settles agrees with the verdict of the full judge,
 * from results where the stage and a judge both ran without early stop: clear fails below, clear passes above,
 * the judge in between. Five-fold cross-validation over sources tells how well that holds for outputs that the
 * thresholds were not fitted to (Stone 1974, J. R. Stat. Soc. B 36, 111–147). Null without such results.
 */
export function calibrateCascade(
  results: Iterable<TrialResult>,
  { stage, agreement, seed }: CalibrationOptions,
): CascadeCalibration | null {
  const judged = [...results].flatMap((result) => judgedBy(result, stage));
  const groups = Xoshiro128.seeded(seed).shuffled([...new Set(judged.map(({ group }) => group))]);
  if (groups.length < FOLDS) return null;

  const thresholds = fitThresholds(judged, agreement);
  const foldOf = new Map(groups.map((group, index) => [group, index % FOLDS]));
  const heldOut = new Map<string, { sum: number; n: number }>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const fitted = fitThresholds(
      judged.filter(({ group }) => foldOf.get(group) !== fold),
      agreement,
    );

    for (const item of judged.filter(({ group }) => foldOf.get(group) === fold)) {
      const word = settle(item.score, fitted);
      if (word === undefined) continue;
      const { sum, n } = heldOut.get(item.group) ?? { sum: 0, n: 0 };
      heldOut.set(item.group, { sum: sum + Number(word === item.passed), n: n + 1 });
    }
  }

  // Outputs of one source depend on each other, so that they count as far as there are sources.
  const sources = [...heldOut.values()];
  const settled = sources.reduce((total, { n }) => total + n, 0);
  const interval = settled === 0 ? null : boundedShareInterval(sources);
  const agreed = sources.reduce((total, { sum }) => total + sum, 0);
  return {
    stage,
    thresholds,
    outputs: judged.length,
    settled: judged.filter(({ score }) => settle(score, thresholds) !== undefined).length / judged.length,
    heldOut: { settled, agreement: settled === 0 ? null : agreed / settled, interval },
    holds: interval !== null && interval.low >= agreement,
  };
}

/** The verdict by the judges alone is what the cheap stage must foretell. One of weight 0 has no part in it. */
function judgedBy(result: TrialResult, stage: 'heuristic' | 'lexical'): Judged[] {
  const ran = result.evaluations.filter((evaluation) => evaluation.status === 'scored');
  const own = ran.filter((evaluation) => evaluation.stage === stage);
  const judge = ran.filter((evaluation) => evaluation.stage === 'judge' && evaluation.weight > 0);
  const broken = result.evaluations.some(
    ({ stage: at, status, weight: counts }) => at === 'judge' && status === 'error' && counts > 0,
  );
  const weight = own.reduce((sum, evaluation) => sum + evaluation.weight, 0);
  if (judge.length === 0 || broken || !(weight > 0)) return [];
  const score = own.reduce((sum, evaluation) => sum + evaluation.score * evaluation.weight, 0) / weight;
  const group = result.cluster === undefined ? `case ${result.caseId}` : `cluster ${result.cluster}`;
  return [{ score, passed: judge.every(({ pass }) => pass), group }];
}

/** The widest settled ranges at either end that keep the agreement, each by itself. */
function fitThresholds(judged: readonly Judged[], agreement: number): Thresholds {
  const ascending = judged.toSorted((a, b) => a.score - b.score);
  const pass = widest(ascending.toReversed(), agreement, true);
  const fail = widest(ascending, agreement, false);
  // Where the ranges meet, the passes have it: a settled pass at this score agrees as well as was asked.
  const fails = fail === undefined ? null : nextAbove(ascending, fail);
  return { fail: fails !== null && pass !== undefined && fails > pass ? pass : fails, pass: pass ?? null };
}

/**
 * The last score, counted from one end, up to which the share of `wanted` verdicts is high enough even at the
 * lower end of its interval: the best-looking of many thresholds would otherwise be a lucky one.
 */
function widest(ordered: readonly Judged[], agreement: number, wanted: boolean): number | undefined {
  let agreed = ordered.filter(({ passed }) => passed === wanted).length;
  for (let count = ordered.length; count > 0; count -= 1) {
    const last = ordered[count - 1];
    const isLast = ordered[count]?.score !== last?.score;
    if (isLast && agreed / count >= agreement && atMostP(agreed, count, agreement) <= SURE)
      return last?.score;
    if (last?.passed === wanted) agreed -= 1;
  }
  return undefined;
}

/** Scores below the result are those up to `score`: halfway to the next one, or just beyond the last. */
function nextAbove(ascending: readonly Judged[], score: number): number {
  const next = ascending.find((item) => item.score > score);
  return next ? (score + next.score) / 2 : Math.min(1, score + Number.EPSILON);
}

/** True for a settled pass, false for a settled fail, undefined for the judge to say. */
function settle(score: number, { fail, pass }: Thresholds): boolean | undefined {
  if (pass !== null && score >= pass) return true;
  return fail !== null && score < fail ? false : undefined;
}
