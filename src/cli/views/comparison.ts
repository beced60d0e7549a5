import type {
  CaseComparison,
  CaseSide,
  Comparison,
  ComparisonWord,
  ConsistencyComparison,
  MetricComparison,
  ResourceComparison,
} from '../../engine/model/comparison.ts';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
  formatSigned,
  withSign,
} from '../../engine/model/figures.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable, truncate } from '../terminal/table.ts';
import { gateLines } from './summary.ts';

export interface ComparisonViewOptions {
  /** Most changed cases listed. */
  maxCases: number;
  /** Whether to show the gate, because it decides. */
  gate: boolean;
}

/** The verdict in plain words, the figures behind it, and the cases that changed. */
export function comparisonLines(comparison: Comparison, options: ComparisonViewOptions, io: Io): string[] {
  const { verdict, notes } = comparison;
  const { style } = io;
  return [
    `${wordStyle(verdict.word, style)(style.bold(verdict.word))}: ${sanitizeLine(verdict.reason)}`,
    ...verdict.evidence.map((line) => style.dim(`  ${sanitizeLine(line)}`)),
    '',
    ...figureLines(comparison, io),
    ...tagLines(comparison, io),
    ...caseLines(comparison, options.maxCases, io),
    ...(options.gate && comparison.gate ? gateLines(comparison.gate, io) : []),
    ...(notes.length > 0 ? ['', ...notes.map((note) => style.dim(sanitizeLine(note)))] : []),
    ...effortLines(comparison),
  ];
}

function wordStyle(word: ComparisonWord, style: Style): (text: string) => string {
  switch (word) {
    case 'better':
    case 'equivalent':
    case 'identical':
      return style.green;
    case 'worse':
    case 'mixed':
      return style.red;
    case 'undecided':
      return style.yellow;
  }
}

function figureLines({ metrics, consistency, resources, baseline, candidate }: Comparison, io: Io): string[] {
  const columns = [
    { title: 'per case' },
    { title: truncate(sanitizeLine(baseline.label), 20), align: 'right' as const },
    { title: truncate(sanitizeLine(candidate.label), 20), align: 'right' as const },
    { title: 'difference', align: 'right' as const },
    { title: '95 % interval' },
  ];
  const rows = [
    ...metrics.map(metricRow),
    ...(consistency ? [consistencyRow(consistency)] : []),
    ...resources.filter(({ pairs }) => pairs > 0).map(resourceRow),
  ];
  const [head = '', ...body] = renderTable(columns, rows);
  const unknown = resources.filter(({ pairs }) => pairs === 0).map(({ resource }) => resource);
  return [
    io.style.dim(head),
    ...body,
    ...(unknown.length > 0 ? [io.style.dim(`unknown: ${unknown.join(', ')}`)] : []),
  ];
}

function metricRow(metric: MetricComparison): string[] {
  const isPass = metric.metric === 'pass';
  const show = (value: number) => (isPass ? formatPercent(value) : formatScore(value, 3));
  const change = (value: number) => (isPass ? formatSigned(value * 100, 1) : formatSigned(value, 3));
  const { interval } = metric;
  return [
    isPass ? 'pass rate' : 'score',
    show(metric.baseline),
    show(metric.candidate),
    change(metric.difference),
    interval ? `${change(interval.low)} to ${change(interval.high)}` : '',
  ];
}

function consistencyRow({ k, baseline, candidate, difference, interval }: ConsistencyComparison): string[] {
  const change = (value: number) => formatSigned(value * 100, 1);
  return [
    `pass^${k}`,
    formatPercent(baseline),
    formatPercent(candidate),
    change(difference),
    interval ? `${change(interval.low)} to ${change(interval.high)}` : '',
  ];
}

function resourceRow(entry: ResourceComparison): string[] {
  const { interval } = entry;
  const show = (value: number | null) => (value === null ? '' : resourceText(entry, value));
  const change = (value: number) => withSign(value, show);
  const share = entry.relative === null ? '' : ` (${formatSigned(entry.relative * 100, 0)} %)`;

  return [
    entry.unknown > 0 ? `${entry.resource} (${formatCount(entry.unknown)} unknown)` : entry.resource,
    show(entry.baseline),
    show(entry.candidate),
    entry.difference === null ? '' : `${change(entry.difference)}${share}`,
    interval ? `${change(interval.low)} to ${change(interval.high)}` : '',
  ];
}

function resourceText({ unit }: ResourceComparison, value: number): string {
  switch (unit) {
    case 'usd':
      return formatCost(value);
    case 'tokens':
      return formatCount(Math.round(value));
    case 'ms':
      return formatDuration(value);
  }
}

/** Only tags that stand out after correction for multiple tests; reports list all of them. */
function tagLines({ tags }: Comparison, io: Io): string[] {
  const decided = tags.filter(({ word }) => word !== 'undecided');
  if (decided.length === 0) return [];
  const parts = decided.map(
    ({ tag, word, passDifference }) =>
      `${wordStyle(word, io.style)(word)} on ${sanitizeLine(tag)} (${formatSigned(passDifference * 100, 1)} points)`,
  );
  return ['', `by tag: ${parts.join(', ')}`];
}

function caseLines(comparison: Comparison, maxCases: number, io: Io): string[] {
  const { counts, cases } = comparison;
  const { style } = io;
  const summary = [
    style.green(`${formatCount(counts.improved)} improved`),
    style.red(`${formatCount(counts.degraded)} degraded`),
    `${formatCount(counts.neutral)} neutral`,
    ...(counts.unmeasured > 0 ? [style.yellow(`${formatCount(counts.unmeasured)} not measured`)] : []),
  ];
  const changed = cases.filter(isChanged).sort(worstFirst);
  const several = new Set(cases.map(({ candidate }) => candidate.target)).size > 1;
  const rows = changed.slice(0, maxCases).map((entry) => caseRow(entry, several, style));
  const more = changed.length - rows.length;
  const columns = [
    { title: 'case' },
    ...(several ? [{ title: 'target' }] : []),
    { title: 'change' },
    { title: 'passed' },
    { title: 'score' },
    { title: 'why' },
  ];
  const [head = '', ...body] = renderTable(columns, rows);
  return [
    '',
    summary.join(', '),
    ...(rows.length > 0 ? [style.dim(head), ...body.map((line) => truncate(line, io.width))] : []),
    ...(more > 0
      ? [
          style.dim(
            `… and ${counted(more, 'more changed case', 'more changed cases')}; list them with --all, or write a report with -o`,
          ),
        ]
      : []),
  ];
}

function isChanged({ change, passDifference }: CaseComparison): boolean {
  return change !== 'neutral' || passDifference !== 0;
}

function worstFirst(a: CaseComparison, b: CaseComparison): number {
  return sizeOf(a) - sizeOf(b) || (a.caseId < b.caseId ? -1 : 1);
}

/** What could not be measured comes before everything else. */
function sizeOf({ scoreDifference, passDifference }: CaseComparison): number {
  return scoreDifference ?? passDifference ?? Number.NEGATIVE_INFINITY;
}

function caseRow(entry: CaseComparison, several: boolean, style: Style): string[] {
  const { baseline, candidate, change } = entry;
  const shown = change === 'improved' ? baseline : candidate;
  const colour = { improved: style.green, degraded: style.red, neutral: style.dim, unmeasured: style.yellow };
  return [
    sanitizeLine(entry.caseId),
    ...(several ? [sanitizeLine(candidate.target)] : []),
    colour[change](change === 'unmeasured' ? 'not measured' : change),
    `${passedText(baseline)} → ${passedText(candidate)}`,
    `${formatScore(baseline.score)} → ${formatScore(candidate.score)}`,
    `${shown === baseline ? 'was: ' : ''}${sanitizeLine(shown.reason)}`,
  ];
}

function passedText({ passed, trials, errored }: CaseSide): string {
  if (trials > 1) return `${passed}/${trials}`;
  return passed === 1 ? '✓' : errored === 1 ? '!' : '✗';
}

/** What was saved: results of earlier runs, and cases that a sequential comparison did not need. */
function effortLines({ sequential, baseline, candidate }: Comparison): string[] {
  const reused = baseline.reusedTrials + candidate.reusedTrials;
  const sides = `${formatCount(baseline.reusedTrials)} baseline, ${formatCount(candidate.reusedTrials)} candidate`;
  const lines =
    reused === 0
      ? []
      : [`reused ${counted(reused, 'result')} from earlier runs (${sides}); use --fresh to run everything`];
  if (!sequential) return lines;

  const { pairs, planned, stopped, savedCostUsd } = sequential;
  if (!stopped) return [...lines, `all ${counted(planned, 'case')} needed`];

  const saved = savedCostUsd === null ? 'an unknown amount' : `about ${formatCost(savedCostUsd)}`;
  return [
    ...lines,
    `stopped after ${formatCount(pairs)} of ${counted(planned, 'case')}: the verdict was clear; the other ${formatCount(planned - pairs)} would have cost ${saved}`,
  ];
}
