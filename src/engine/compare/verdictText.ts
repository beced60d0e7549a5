import type { ComparisonVerdict, ComparisonWord, MetricComparison } from '../model/comparison.ts';
import { ALPHA } from './verdict.ts';

/** What the words are made of. */
export interface VerdictGrounds {
  word: ComparisonWord;
  metrics: readonly MetricComparison[];
  margin: number;
  unmeasured: number;
  /** The word that the measured pairs alone would give, where missing ones hold it back. */
  without: ComparisonWord;
  /** Both sides are the very same thing. */
  same: boolean;
}

/** The verdict in plain words. */
export function verdictOf(grounds: VerdictGrounds): ComparisonVerdict {
  return {
    word: grounds.word,
    reason: reasonFor(grounds),
    evidence: grounds.metrics.map((metric) => evidenceOf(metric)),
  };
}

function reasonFor(grounds: VerdictGrounds): string {
  const { word, metrics, margin, same } = grounds;
  const [pass] = metrics;
  if (!pass) return 'Nothing was measured on both sides, so nothing can be said.';
  if (same) return 'Both sides are the same, so there is nothing to decide; whatever differs is chance.';
  switch (word) {
    case 'better':
    case 'worse':
      return `The candidate is ${word}: ${decisive(metrics, word)}.`;
    case 'equivalent':
      return `The candidate is as good as the baseline, give or take ${points(margin)}.`;
    case 'undecided':
      return undecidedBecause(grounds);
  }
}

function decisive(metrics: readonly MetricComparison[], word: 'better' | 'worse'): string {
  const sign = word === 'better' ? 1 : -1;
  const shown = metrics.filter(
    ({ adjustedP, difference }) => adjustedP !== null && adjustedP <= ALPHA && difference * sign > 0,
  );
  return shown
    .map(({ metric, baseline, candidate }) =>
      metric === 'pass'
        ? `it passes ${percent(candidate)} of the cases, the baseline ${percent(baseline)}`
        : `its mean score is ${candidate.toFixed(3)}, the baseline's ${baseline.toFixed(3)}`,
    )
    .join(', and ');
}

function undecidedBecause({ metrics, unmeasured, without }: VerdictGrounds): string {
  if (without !== 'undecided')
    return `${unmeasured} cases could not be measured on both sides; without them the candidate would be ${without}, with the worst for them it is not.`;
  const significant = metrics.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= ALPHA);
  if (significant.length > 1) return 'Passes and scores point in opposite directions.';
  const cases = metrics.map(({ casesToDecide }) => casesToDecide).filter((count) => count !== null);
  if (metrics.some(({ p }) => p === null))
    return 'There are too few independent cases to tell better from worse.';
  const needed = cases.length > 0 ? Math.max(...cases) : null;
  const start = 'These cases cannot tell whether the candidate is better or worse';
  const pairs = metrics[0]?.pairs ?? 0;
  return needed === null || needed <= pairs
    ? `${start}.`
    : `${start}; about ${count(needed)} such cases would.`;
}

/** `pass rate 82.9 %, was 41.4 %: +41.5 points, 95 % interval +27.1 to +55.0 (p < 0.0001, sign-flip test over 40 clusters)` */
function evidenceOf(metric: MetricComparison): string {
  const isPass = metric.metric === 'pass';
  const show = (value: number) => (isPass ? percent(value) : value.toFixed(3));
  const change = (value: number) => (isPass ? signed(value * 100, 1) : signed(value, 3));
  const interval = metric.interval
    ? `, 95 % interval ${change(metric.interval.low)} to ${change(metric.interval.high)}`
    : '';
  const units =
    metric.clusters === metric.pairs
      ? `${count(metric.pairs)} cases`
      : `${count(metric.pairs)} cases in ${count(metric.clusters)} clusters`;
  const p = metric.adjustedP === null ? 'too little data for a test' : `adjusted ${pText(metric.adjustedP)}`;
  const name = isPass ? 'pass rate' : 'mean score';
  return `${name} ${show(metric.candidate)}, was ${show(metric.baseline)}: ${change(metric.difference)}${isPass ? ' points' : ''}${interval} (${p}, ${TESTS[metric.test]}, ${units})`;
}

const TESTS: { readonly [test in MetricComparison['test']]: string } = {
  mcnemar: 'exact McNemar test',
  'sign-flip': 'sign-flip test',
  bootstrap: 'paired bootstrap',
  betting: 'anytime-valid test',
};

function pText(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p.toPrecision(2)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Percentage points. */
function points(share: number): string {
  return `${Number((share * 100).toFixed(1))} points`;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? '−' : '+'}${text}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
