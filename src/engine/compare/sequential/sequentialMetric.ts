import type { CaseComparison, MetricName } from '../../model/comparison.ts';
import { BettingTest } from '../../statistics/betting.ts';
import { differencesOf, metricPairs } from '../pairs/differences.ts';
import { describeMetric, type MetricOptions, type TestedMetric } from '../pairs/metric.ts';
import { NO_PLAN } from '../plan.ts';

/**
 * Baseline against candidate in one metric, by a test that may be looked at after every cluster. `cases` must
 * come in the order in which they were drawn, clusters together. Each cluster's mean difference is one bet, so
 * clusters weigh the same here. Null without a measured pair.
 */
export function compareSequentially(
  cases: readonly CaseComparison[],
  metric: MetricName,
  options: MetricOptions,
): TestedMetric | null {
  const found = differencesOf(metricPairs(cases, metric, options));
  if (!found) return null;

  const test = new BettingTest();
  for (const { sum, n } of found.clusters) test.add(sum / n);

  const { mean } = found.estimate;
  const { atMost, atLeast } = test.pValues(0);
  const { low, high } = test.interval();

  return {
    ...describeMetric(metric, found),
    ...NO_PLAN,
    oddsRatio: null,
    test: 'betting',
    // Of the direction that the mean shows now: what once spoke for the other one says nothing for it, in p or interval.
    interval: { low: Math.min(low, mean), high: Math.max(high, mean) },
    p: mean === 0 ? 1 : Math.min(1, 2 * (mean > 0 ? atMost : atLeast)),
    nonInferiorityP: test.pValues(-options.margin).atMost,
    nonSuperiorityP: test.pValues(options.margin).atLeast,
    // A test for all cases at once says nothing of a part that was chosen by looking.
    wilcoxonP: null,
  };
}
