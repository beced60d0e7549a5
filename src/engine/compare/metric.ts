import type { CaseComparison, MetricComparison, MetricName, Range } from '../model/comparison.ts';
import { cautiousMean } from '../statistics/cautiousMean.ts';
import { effectiveCases } from '../statistics/effectiveCases.ts';
import { cohensDz, discordantOddsRatio, riskDifference } from '../statistics/effectSize.ts';
import { equivalenceTest } from '../statistics/equivalence.ts';
import { exactMcNemar } from '../statistics/mcnemar.ts';
import { casesForNonInferiority, casesToFind, smallestEffect } from '../statistics/power.ts';
import { Xoshiro128 } from '../statistics/prng.ts';
import { signFlipTest } from '../statistics/signFlip.ts';
import { wilcoxonSignedRank } from '../statistics/wilcoxon.ts';
import { type Differences, differencesOf, metricPairs, type PairOptions } from './differences.ts';

/** A difference of trial shares is a multiple of 1/720 for all usual numbers of trials. */
const SHARES = 720;

export interface MetricOptions extends PairOptions {
  margin: number;
  /** Of the resampling. */
  seed: number;
}

/** Baseline against candidate in one metric, over cases that were all run. Null without a measured pair. */
export function compareMetric(
  cases: readonly CaseComparison[],
  metric: MetricName,
  options: MetricOptions,
): MetricComparison | null {
  const found = differencesOf(metricPairs(cases, metric, options));
  if (!found) return null;
  const tested = metric === 'pass' ? testPasses(cases, found) : testScores(found, options.seed);
  return {
    ...describeMetric(metric, found, options.margin),
    ...tested,
    ...againstMargin(found, options.margin),
  };
}

/** What does not depend on how the difference is tested. */
export function describeMetric(
  metric: MetricName,
  found: Differences,
  margin: number,
): Omit<MetricComparison, 'interval' | 'test' | 'p' | 'nonInferiorityP' | 'nonSuperiorityP'> {
  const { mean, standardError, n, clusters } = found.estimate;
  const discordant = discordantOf(found.values);
  return {
    metric,
    pairs: n,
    clusters,
    baseline: found.baseline,
    candidate: found.candidate,
    difference: mean,
    adjustedP: null,
    wilcoxonP: wilcoxonSignedRank(found.clusters.map((cluster) => cluster.sum / cluster.n)).p,
    effectSize: cohensDz(found.values),
    oddsRatio: metric === 'pass' ? discordantOddsRatio(discordant.improved, discordant.degraded) : null,
    smallestEffect: standardError === null ? null : smallestEffect(standardError, clusters),
    casesToDecide: casesToDecide(found.estimate, margin),
  };
}

/** The easier of the two: to find the observed difference, or to show that there is none beyond the margin. */
function casesToDecide({ mean, standardError, n, clusters }: Differences['estimate'], margin: number) {
  const error = standardError ?? 0;
  const ways = [casesToFind(mean, error, n, clusters), casesForNonInferiority(margin, error, n, clusters)];
  const known = ways.filter((way) => way !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function againstMargin(
  { estimate, clusters }: Differences,
  margin: number,
): Pick<MetricComparison, 'nonInferiorityP' | 'nonSuperiorityP'> {
  const { mean, standardError } = estimate;
  if (standardError === null) return { nonInferiorityP: null, nonSuperiorityP: null };
  const changed = clusters.filter(({ sum }) => Math.abs(sum) > 1e-12).length;
  const test = equivalenceTest({ mean, standardError, units: clusters.length, changed }, margin);
  return {
    nonInferiorityP: test?.nonInferiorityP ?? null,
    nonSuperiorityP: test?.nonSuperiorityP ?? null,
  };
}

/** Exact McNemar; where cases cluster or have several trials, its generalisation to sums of signs. */
function testPasses(
  cases: readonly CaseComparison[],
  found: Differences,
): Pick<MetricComparison, 'interval' | 'test' | 'p'> {
  const { improved, degraded } = discordantOf(found.values);
  const single = cases.every(({ baseline, candidate }) => baseline.trials === 1 && candidate.trials === 1);
  const interval = passInterval(found, improved, degraded);
  if (single && found.clusters.length === found.values.length)
    return { interval, test: 'mcnemar', p: exactMcNemar(improved, degraded) };
  const sums = wholeNumbers(found.clusters.map(({ sum }) => Math.round(sum * SHARES)));
  return { interval, test: 'sign-flip', p: signFlipTest(sums) };
}

function testScores(found: Differences, seed: number): Pick<MetricComparison, 'interval' | 'test' | 'p'> {
  const result = cautiousMean(found.clusters, found.estimate, Xoshiro128.seeded(seed));
  return { interval: possible(result?.interval ?? null), test: 'bootstrap', p: result?.p ?? null };
}

/** Differences of shares and scores lie between −1 and 1, whatever the theory of few cases says. */
export function possible(interval: Range | null): Range | null {
  return interval && { low: Math.max(-1, interval.low), high: Math.min(1, interval.high) };
}

/** Sums of the gains and of the losses: with one trial, the discordant pairs of either kind. */
function discordantOf(values: readonly number[]): { improved: number; degraded: number } {
  let [improved, degraded] = [0, 0];
  for (const value of values) {
    if (value > 0) improved += value;
    else degraded -= value;
  }
  return { improved, degraded };
}

function passInterval(found: Differences, improved: number, degraded: number): Range | null {
  const { n, clusters } = found.estimate;
  if (clusters < 2) return null;
  const effective = effectiveCases(found.values, found.estimate);
  const scale = effective / n;
  return riskDifference(improved * scale, degraded * scale, effective)?.interval ?? null;
}

/** Divided by their greatest common divisor: the exact distribution is then as short as it can be. */
function wholeNumbers(sums: readonly number[]): number[] {
  const divisor = sums.reduce((common, sum) => gcd(common, Math.abs(sum)), 0);
  return divisor === 0 ? [...sums] : sums.map((sum) => sum / divisor);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
