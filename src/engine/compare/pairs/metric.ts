import type { CaseComparison, MetricComparison, MetricName } from '../../model/comparison.ts';
import {
  boundedMeanInterval,
  boundedMeanP,
  boundedMeanTest,
  LEVELS_95,
  type Levels,
} from '../../statistics/boundedMean.ts';
import { cohensDz, oddsRatio } from '../../statistics/effectSize.ts';
import { exactMcNemar } from '../../statistics/mcnemar.ts';
import { signFlipTest } from '../../statistics/signFlip.ts';
import { commonDenominator } from '../../statistics/wholeCounts.ts';
import { wilcoxonSignedRank } from '../../statistics/wilcoxon.ts';
import { NO_PLAN, planOf } from '../plan.ts';
import { ALPHA } from '../verdict/comparisonWord.ts';
import {
  type Differences,
  differencesOf,
  metricPairs,
  type PairOptions,
  type ValuePair,
} from './differences.ts';

/** As far at most an end of an interval is moved across 0 to be on the same side as the test. */
const MOVED = 1.2;

export interface MetricOptions extends PairOptions {
  margin: number;
  /** Whether to say how many cases would decide; that takes longer than the tests. */
  planned?: boolean;
}

/** A metric that was tested. */
export type TestedMetric = MetricComparison & { p: number };

/**
 * Baseline against candidate in one metric, over cases that were all run. Null without a measured pair. The interval and
 * the tests against the margin are those of a bounded mean, which is also the test of the scores; passes are tested by
 * counting signs, exactly.
 */
export function compareMetric(
  cases: readonly CaseComparison[],
  metric: MetricName,
  options: MetricOptions,
): TestedMetric | null {
  const pairs = metricPairs(cases, metric, options);
  const found = differencesOf(pairs);
  if (!found) return null;

  const { clusters } = found;
  const single = cases.every(({ baseline, candidate }) => baseline.trials === 1 && candidate.trials === 1);
  const { test, p } = metric === 'pass' ? testPasses(pairs, found, single) : testScores(found);
  const enough = clusters.length > 1;
  const levels = levelsFor(found, p);

  return {
    ...describeMetric(metric, found),
    test,
    p,
    interval: enough ? boundedMeanInterval(clusters, levels) : null,
    nonInferiorityP: enough ? boundedMeanP(clusters, -options.margin).atMost : null,
    nonSuperiorityP: enough ? boundedMeanP(clusters, options.margin).atLeast : null,
    oddsRatio: enough && metric === 'pass' ? oddsRatio(clusters, levels) : null,
    ...(options.planned ? planOf(found, options.margin, test === 'mcnemar') : NO_PLAN),
  };
}

/** What does not depend on how the difference is tested. */
export function describeMetric(
  metric: MetricName,
  found: Differences,
): Pick<
  MetricComparison,
  | 'metric'
  | 'pairs'
  | 'clusters'
  | 'baseline'
  | 'candidate'
  | 'difference'
  | 'adjustedP'
  | 'wilcoxonP'
  | 'effectSize'
> {
  const { mean, n, clusters } = found.estimate;
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
  };
}

/**
 * Exact McNemar; where cases cluster or have several trials, its generalisation to sums of signs. Signs tell that the sides
 * differ, not that their means do: one that always passes or always fails, and one that wavers around the same pass rate,
 * are neither better nor worse, nor is one that gains large clusters and loses as many small ones. So where the signs are
 * significant, the bounded mean has to confirm the direction, one-sided at twice the level.
 */
function testPasses(
  pairs: readonly ValuePair[],
  found: Differences,
  single: boolean,
): { test: 'mcnemar' | 'sign-flip'; p: number } {
  if (single && found.clusters.length === found.values.length) {
    const improved = found.values.filter((value) => value > 0).length;
    const degraded = found.values.filter((value) => value < 0).length;
    return { test: 'mcnemar', p: exactMcNemar(improved, degraded) };
  }
  const parts = commonDenominator(pairs.flatMap(({ baseline, candidate }) => [baseline, candidate]));
  const signs = signFlipTest(found.clusters.map(({ sum }) => Math.round(sum * parts)));
  return { test: 'sign-flip', p: signs > ALPHA ? signs : Math.max(signs, oneSidedP(found) / 2) };
}

/** A paired bootstrap, by its bound. */
function testScores({ clusters }: Differences): { test: 'bootstrap'; p: number } {
  return { test: 'bootstrap', p: boundedMeanTest(clusters) };
}

/**
 * Levels of an interval that never contradicts the test beside it. The two differ where cases have several trials and
 * change by a few of them: then the end that lies near 0 is moved across.
 */
function levelsFor(found: Differences, p: number): Levels {
  const near = oneSidedP(found);
  if (p <= ALPHA === 2 * near <= ALPHA) return LEVELS_95;
  const level = near * Math.min(MOVED, ALPHA / p);
  return found.estimate.mean > 0 ? { ...LEVELS_95, low: level } : { ...LEVELS_95, high: level };
}

/** Of the bounded mean against 0, for the side on which the mean lies. */
function oneSidedP({ clusters }: Differences): number {
  const { atMost, atLeast } = boundedMeanP(clusters, 0);
  return Math.min(atMost, atLeast);
}
