import type { ComparisonVerdict, ComparisonWord, MetricComparison } from '../../model/comparison.ts';
import { counted, formatCount, formatPercent, formatScore, formatSigned } from '../../model/figures.ts';
import { LEAST_P } from '../../statistics/shownP.ts';
import { isImprovement, isRegression } from './comparisonWord.ts';

/** What the words are made of. */
export interface VerdictGrounds {
  word: ComparisonWord;
  metrics: readonly MetricComparison[];
  margin: number;
  regressions: ComparisonVerdict['regressions'];
  /** Cases of which a measurement is missing. */
  unmeasured: number;
  /** The word that the measured results alone would give. */
  without: ComparisonWord;
  /** Both sides are the very same thing. */
  same: boolean;
}

/** The verdict in plain words. */
export function verdictOf(grounds: VerdictGrounds): ComparisonVerdict {
  return {
    word: grounds.word,
    reason: reasonFor(grounds),
    evidence: grounds.metrics.map((metric) => evidenceOf(metric, grounds.metrics.length)),
    regressions: grounds.regressions,
  };
}

function reasonFor(grounds: VerdictGrounds): string {
  const { word, metrics, margin, same } = grounds;
  const [first] = metrics;
  if (!first) return 'Nothing was measured on both sides, so nothing can be said.';
  if (word === 'identical') return 'Every output, verdict and score is the same on both sides.';
  if (same) return 'Both sides are the same, so there is nothing to decide; whatever differs is chance.';

  switch (word) {
    case 'better':
      return `The candidate is better: ${figures(metrics.filter(isImprovement))}.`;
    case 'worse':
      return `The candidate is worse: ${figures(metrics.filter(isRegression))}.`;
    case 'mixed':
      return `Pass rate and score differ in opposite directions: ${figures(metrics.filter(isImprovement))}, but ${figures(metrics.filter(isRegression))}.`;
    case 'equivalent':
      return `The candidate is as good as the baseline, give or take ${points(margin)}.`;
    case 'undecided':
      return undecidedBecause(grounds);
  }
}

function figures(metrics: readonly MetricComparison[]): string {
  return metrics
    .map(({ metric, baseline, candidate }) =>
      metric === 'pass'
        ? `it passes ${formatPercent(candidate)} of the cases, the baseline ${formatPercent(baseline)}`
        : `its mean score is ${candidate.toFixed(3)}, the baseline's ${baseline.toFixed(3)}`,
    )
    .join(', and ');
}

function undecidedBecause(grounds: VerdictGrounds): string {
  const { metrics, margin, unmeasured, without, regressions } = grounds;
  const cases = counted(unmeasured, 'case was', 'cases were');
  if (without !== 'undecided')
    return `${cases} not fully measured; without what is missing the candidate would be ${without}, but that does not hold whatever the missing results would have been.`;
  if (regressions.possible.length > 0)
    return `${cases} not fully measured; if the missing results went against the candidate, it would be worse.`;
  if (metrics.every(({ test, smallestEffect }) => test !== 'betting' && smallestEffect === null))
    return 'There are too few independent cases to show any difference.';
  return `These cases cannot tell whether the candidate is better or worse${wouldDecide(metrics, margin)}.`;
}

/** What more cases are for. A difference in one metric decides; for "equivalent" there must be none in either. */
function wouldDecide(metrics: readonly MetricComparison[], margin: number): string {
  const pairs = Math.max(...metrics.map((metric) => metric.pairs));
  const [nearest] = metrics
    .flatMap((metric) => (metric.casesToFind === null ? [] : [{ metric, cases: metric.casesToFind }]))
    .sort((a, b) => a.cases - b.cases);
  const shows = metrics.map(
    ({ casesToShowEquivalence }) => casesToShowEquivalence ?? Number.POSITIVE_INFINITY,
  );
  const show = Math.max(...shows);
  const needed = Math.min(nearest?.cases ?? Number.POSITIVE_INFINITY, show);
  if (!Number.isFinite(needed) || needed <= pairs) return '';
  return nearest?.cases === needed
    ? `; about ${formatCount(needed)} such cases would find a difference of ${differenceOf(nearest.metric)} (80 % power)`
    : `; about ${formatCount(needed)} such cases would show that there is none beyond ${points(margin)}, if there is none (80 % power)`;
}

function differenceOf({ metric, difference }: MetricComparison): string {
  return metric === 'pass'
    ? `${formatSigned(difference * 100, 1)} points in the pass rate`
    : `${formatSigned(difference, 3)} in the mean score`;
}

/** `pass rate 82.9 %, was 41.4 %: +41.5 points, 95 % interval +27.1 to +55.0 (p < 0.0001, sign-flip test, 80 cases in 40 clusters; p < 0.0001 adjusted for 2 metrics)` */
function evidenceOf(metric: MetricComparison, metrics: number): string {
  const isPass = metric.metric === 'pass';
  const show = (value: number) => (isPass ? formatPercent(value) : formatScore(value, 3));
  const change = (value: number) => (isPass ? formatSigned(value * 100, 1) : formatSigned(value, 3));
  const interval = metric.interval
    ? `, 95 % interval ${change(metric.interval.low)} to ${change(metric.interval.high)}`
    : '';
  const units =
    metric.clusters === metric.pairs
      ? counted(metric.pairs, 'case')
      : `${counted(metric.pairs, 'case')} in ${counted(metric.clusters, 'cluster')}`;

  const p = metric.p === null ? 'too little data for a test' : pText(metric.p);
  const adjusted =
    metric.adjustedP === null || metrics < 2
      ? ''
      : `; ${pText(metric.adjustedP)} adjusted for ${metrics} metrics`;

  const name = isPass ? 'pass rate' : 'mean score';
  return `${name} ${show(metric.candidate)}, was ${show(metric.baseline)}: ${change(metric.difference)}${isPass ? ' points' : ''}${interval} (${p}, ${TESTS[metric.test]}, ${units}${adjusted})`;
}

const TESTS: { readonly [test in MetricComparison['test']]: string } = {
  mcnemar: 'exact McNemar test',
  'sign-flip': 'sign-flip test',
  bootstrap: 'paired bootstrap',
  betting: 'anytime-valid test',
};

function pText(p: number): string {
  if (p <= LEAST_P) return 'p < 1e-300';
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toPrecision(2)}`;
}

/** Percentage points. */
function points(share: number): string {
  return `${Number((share * 100).toFixed(1))} points`;
}
