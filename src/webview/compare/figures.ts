import {
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
  formatSigned,
  withSign,
} from '../../engine/model/figures.ts';
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
  const show = (value: number) => (isPass ? formatPercent(value) : formatScore(value, 3));
  const change = (value: number) => (isPass ? formatSigned(value * 100, 1) : formatSigned(value, 3));
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
  const change = (value: number) => formatSigned(value * 100, 1);
  return {
    name: `All ${k} trials pass`,
    baseline: formatPercent(baseline),
    candidate: formatPercent(candidate),
    difference: `${change(difference)} points`,
    interval: interval ? `${change(interval.low)} to ${change(interval.high)}` : '–',
  };
}

const RESOURCE_NAME = { cost: 'Cost', tokens: 'Tokens', latency: 'Latency' };

export function resourceLine(entry: ResourceEntry): FigureLine {
  const { interval, unknown } = entry;
  const name = RESOURCE_NAME[entry.resource];
  const show = (value: number | null) => (value === null ? 'unknown' : amount(entry, value));
  const change = (value: number) => withSign(value, show);
  const share = entry.relative === null ? '' : ` (${formatSigned(entry.relative * 100, 0)} %)`;

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
