import type {
  CaseComparison,
  ComparisonVerdict,
  ComparisonWord,
  ConsistencyComparison,
  MetricComparison,
  ResourceComparison,
  TagComparison,
} from '../model/comparison.ts';
import { holm } from '../statistics/holm.ts';
import { compareConsistency } from './consistency.ts';
import type { Missing } from './differences.ts';
import { compareMetric } from './metric.ts';
import { compareResources } from './resources.ts';
import { compareSequentially } from './sequentialMetric.ts';
import { compareTags } from './tagBreakdown.ts';
import { wordFor } from './verdict.ts';
import { verdictOf } from './verdictText.ts';

export interface CompareOptions {
  /** Non-inferiority and equivalence margin, 0–1. */
  margin: number;
  /** Of the resampling: equal seeds give equal figures. */
  seed: number;
  /** The cases were looked at while they came in, in this order: only an anytime-valid test may judge them. */
  sequential: boolean;
  /** Both sides are the very same thing, so that no difference means anything. */
  same: boolean;
}

export interface CasesCompared {
  verdict: ComparisonVerdict;
  metrics: MetricComparison[];
  consistency: ConsistencyComparison | null;
  tags: TagComparison[];
  resources: ResourceComparison[];
}

/** Everything that paired cases say: verdict, metrics, tags, and what they cost. */
export function compareCases(cases: readonly CaseComparison[], options: CompareOptions): CasesCompared {
  const metrics = compareMetrics(cases, options, 'leave out');
  const unmeasured = cases.filter(({ change }) => change === 'unmeasured').length;
  const without = wordFor(metrics);
  const word = options.same ? 'undecided' : withMissing(without, cases, unmeasured, options);
  return {
    verdict: verdictOf({ word, metrics, margin: options.margin, unmeasured, without, same: options.same }),
    metrics,
    consistency: options.sequential ? null : compareConsistency(cases, options.seed),
    tags: compareTags(cases, options, !options.sequential && !options.same),
    resources: compareResources(cases, options.seed),
  };
}

/** The word as far as it is known, without figures for a person; for a look at a comparison under way. */
export function wordSoFar(cases: readonly CaseComparison[], options: CompareOptions): ComparisonWord {
  const unmeasured = cases.filter(({ change }) => change === 'unmeasured').length;
  return withMissing(wordFor(compareMetrics(cases, options, 'leave out')), cases, unmeasured, options);
}

/** A good word stands only when it would hold with the worst for every missing measurement. */
function withMissing(
  word: ComparisonWord,
  cases: readonly CaseComparison[],
  unmeasured: number,
  options: CompareOptions,
): ComparisonWord {
  if (unmeasured === 0 || word === 'worse' || word === 'undecided') return word;
  return wordFor(compareMetrics(cases, options, 'worst')) === word ? word : 'undecided';
}

function compareMetrics(
  cases: readonly CaseComparison[],
  { margin, seed, sequential }: CompareOptions,
  missing: Missing,
): MetricComparison[] {
  const compare = sequential ? compareSequentially : compareMetric;
  const metrics = (['pass', 'score'] as const)
    .map((metric) => compare(cases, metric, { margin, seed, missing }))
    .filter((metric) => metric !== null);
  const adjusted = holm(metrics.map(({ p }) => p ?? 1));
  return metrics.map((metric, index) => ({
    ...metric,
    adjustedP: metric.p === null ? null : (adjusted[index] ?? 1),
  }));
}
