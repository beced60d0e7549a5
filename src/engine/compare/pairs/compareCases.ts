import type {
  CaseComparison,
  ComparisonVerdict,
  ComparisonWord,
  ConsistencyComparison,
  MetricComparison,
  ResourceComparison,
  TagComparison,
} from '../../model/comparison.ts';
import { holm } from '../../statistics/holm.ts';
import { compareSequentially } from '../sequential/sequentialMetric.ts';
import { compareResources } from '../sides/resources.ts';
import { isRegression, wordFor } from '../verdict/comparisonWord.ts';
import { verdictOf } from '../verdict/verdictText.ts';
import { compareConsistency } from './consistency.ts';
import { type Filling, hasHole, isIdentical } from './differences.ts';
import { compareMetric } from './metric.ts';
import { compareSpread, type Spread } from './spread.ts';
import { compareTags } from './tagBreakdown.ts';

export interface CompareOptions {
  /** Non-inferiority and equivalence margin, 0–1. */
  margin: number;
  /** Of the resampling: equal seeds give equal figures. */
  seed: number;
  /** The cases were looked at while they came in, in this order: only an anytime-valid test may judge them. */
  sequential: boolean;
  /** Both sides are the very same thing, so that no difference means anything. */
  same: boolean;
  /** Pairs that were planned and of which neither side has a result; none where absent. */
  unseen?: number;
  /** More cases were planned and are not needed, or not there yet: what is the same so far is not identical. */
  partial?: boolean;
}

/** The metrics with every missing measurement taken for the worst, and for the best, that it could have been. */
export interface FilledMetrics {
  against: MetricComparison[];
  for: MetricComparison[];
}

export interface CasesCompared {
  verdict: ComparisonVerdict;
  metrics: MetricComparison[];
  filled: FilledMetrics | null;
  consistency: ConsistencyComparison | null;
  tags: TagComparison[];
  resources: ResourceComparison[];
  /** How far the scores lie apart on each side; null where that was not tested. It takes no part in the verdict. */
  spread: Spread | null;
}

/** Everything that paired cases say: verdict, metrics, tags, and what they cost. */
export function compareCases(cases: readonly CaseComparison[], options: CompareOptions): CasesCompared {
  const { metrics, filled } = measure(cases, options, true);
  const { margin, seed, sequential, same } = options;
  const grounds = {
    ...conclude(cases, { metrics, filled }, options),
    metrics,
    margin,
    unmeasured: cases.filter(hasHole).length + (options.unseen ?? 0),
    without: wordFor(metrics),
    same,
  };

  return {
    verdict: verdictOf(grounds),
    metrics,
    filled,
    consistency: sequential ? null : compareConsistency(cases),
    tags: compareTags(cases, options, !sequential && !same),
    resources: compareResources(cases, seed),
    spread: sequential ? null : compareSpread(cases, seed),
  };
}

/** The word as far as it is known, without figures for a person; for a look at a comparison under way. */
export function wordSoFar(cases: readonly CaseComparison[], options: CompareOptions): ComparisonWord {
  return conclude(cases, measure(cases, options, false), options).word;
}

type Measured = Pick<CasesCompared, 'metrics' | 'filled'>;

/** `filled` is null where nothing is missing. */
function measure(cases: readonly CaseComparison[], options: CompareOptions, planned: boolean): Measured {
  const metrics = compareMetrics(cases, options, 'measured', planned);
  if (!cases.some(hasHole) && !options.unseen) return { metrics, filled: null };
  return {
    metrics,
    filled: {
      against: compareMetrics(cases, options, 'against'),
      for: compareMetrics(cases, options, 'for'),
    },
  };
}

/** A word stands only when it holds whatever the missing measurements would have been. */
function conclude(
  cases: readonly CaseComparison[],
  { metrics, filled }: Measured,
  { same, partial }: CompareOptions,
): Pick<ComparisonVerdict, 'word' | 'regressions'> {
  const none = { shown: [], possible: [] };
  if (same || metrics.length === 0) return { word: 'undecided', regressions: none };
  if (!filled && !partial && cases.every(isIdentical)) return { word: 'identical', regressions: none };
  const all = filled ? [metrics, filled.against, filled.for] : [metrics];
  const word = wordFor(metrics);
  return {
    word: all.every((found) => wordFor(found) === word) ? word : 'undecided',
    regressions: regressionsIn(all),
  };
}

/** `all`: what the cases say as they were measured, and with the holes filled for and against the candidate. */
function regressionsIn(all: readonly (readonly MetricComparison[])[]): ComparisonVerdict['regressions'] {
  const lost = all.map((metrics) => new Set(metrics.filter(isRegression).map(({ metric }) => metric)));
  const any = (['pass', 'score'] as const).filter((metric) => lost.some((found) => found.has(metric)));
  const shown = any.filter((metric) => lost.every((found) => found.has(metric)));
  return { shown, possible: any.filter((metric) => !shown.includes(metric)) };
}

function compareMetrics(
  cases: readonly CaseComparison[],
  { margin, sequential, unseen = 0 }: CompareOptions,
  filling: Filling,
  planned = false,
): MetricComparison[] {
  const compare = sequential ? compareSequentially : compareMetric;
  const metrics = (['pass', 'score'] as const)
    .map((metric) => compare(cases, metric, { margin, filling, unseen, planned }))
    .filter((metric) => metric !== null);
  const adjusted = holm(metrics.map(({ p }) => p));
  return metrics.map((metric, index) => ({ ...metric, adjustedP: adjusted[index] ?? 1 }));
}
