import { formatCost, formatCount, formatDuration } from '../../engine/reports/figures.ts';
import type { CaseSideEntry, ComparisonEntry, MetricEntry, ResourceEntry } from './entries.ts';

/** One line of the figures: what, before, after, the difference, and where it may lie. */
export interface FigureLine {
  name: string;
  baseline: string;
  candidate: string;
  difference: string;
  interval: string;
}

export function metricLine(metric: MetricEntry): FigureLine {
  const isPass = metric.metric === 'pass';
  const show = (value: number) => (isPass ? `${(value * 100).toFixed(1)} %` : value.toFixed(3));
  const change = (value: number) => (isPass ? signed(value * 100, 1) : signed(value, 3));
  const { interval } = metric;
  return {
    name: isPass ? 'Pass rate' : 'Score',
    baseline: show(metric.baseline),
    candidate: show(metric.candidate),
    difference: isPass ? `${change(metric.difference)} points` : change(metric.difference),
    interval: interval ? `${change(interval.low)} to ${change(interval.high)}` : '–',
  };
}

export function consistencyLine({
  k,
  baseline,
  candidate,
  difference,
  interval,
}: NonNullable<ComparisonEntry['consistency']>): FigureLine {
  const change = (value: number) => signed(value * 100, 1);
  return {
    name: `All of ${k} trials pass`,
    baseline: `${(baseline * 100).toFixed(1)} %`,
    candidate: `${(candidate * 100).toFixed(1)} %`,
    difference: `${change(difference)} points`,
    interval: interval ? `${change(interval.low)} to ${change(interval.high)}` : '–',
  };
}

const RESOURCE_NAME = { cost: 'Cost', tokens: 'Tokens', latency: 'Latency' };

export function resourceLine(entry: ResourceEntry): FigureLine {
  const show = (value: number | null) => (value === null ? 'unknown' : amount(entry, Math.abs(value)));
  const change = (value: number) => `${value < 0 ? '−' : '+'}${show(value)}`;
  const share = entry.relative === null ? '' : ` (${signed(entry.relative * 100, 0)} %)`;
  const { interval, unknown } = entry;
  const name = RESOURCE_NAME[entry.resource];
  return {
    name: unknown > 0 && entry.pairs > 0 ? `${name} (${formatCount(unknown)} unknown)` : name,
    baseline: show(entry.baseline),
    candidate: show(entry.candidate),
    difference: entry.difference === null ? 'unknown' : `${change(entry.difference)}${share}`,
    interval: interval ? `${change(interval.low)} to ${change(interval.high)}` : '–',
  };
}

function amount({ unit }: ResourceEntry, value: number): string {
  switch (unit) {
    case 'usd':
      return formatCost(value);
    case 'tokens':
      return formatCount(Math.round(value));
    case 'ms':
      return formatDuration(value);
  }
}

/** `✓`, `✗`, `!` for one trial; `2/3` for several. */
export function passedText({ passed, trials, errored }: CaseSideEntry): string {
  if (trials > 1) return `${passed}/${trials}`;
  return passed === 1 ? '✓' : errored === 1 ? '!' : '✗';
}

export function scoreText(score: number | null): string {
  return score === null ? '–' : score.toFixed(2);
}

/** With a sign, a minus that is one, and no −0. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 && Number(text) !== 0 ? '−' : '+'}${text}`;
}
