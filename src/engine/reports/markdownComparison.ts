import type {
  CaseComparison,
  CaseSide,
  Comparison,
  ComparisonWord,
  ConsistencyComparison,
  ResourceComparison,
} from '../model/comparison.ts';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
  formatSigned,
  withSign,
} from '../model/figures.ts';
import { folded } from './markdownRun.ts';
import { codeSpan } from './markdownText.ts';

/** A comment on a pull request holds 65,536 characters. */
const MAX_CASES = 50;

const MARKS: Record<ComparisonWord, string> = {
  better: '🟢',
  equivalent: '🟢',
  identical: '🟢',
  worse: '🔴',
  mixed: '🔴',
  undecided: '🟡',
};

/** Comparisons for a comment on a pull request. Its first line tells the comment from those of other workflows. */
export function markdownComparison(comparisons: readonly Comparison[]): string {
  return `<!-- touchstone-comparison -->\n${comparisons.map(one).join('\n')}`;
}

function one(comparison: Comparison): string {
  const { suite, verdict, baseline, candidate, gate, notes, tags } = comparison;
  return [
    `### ${MARKS[verdict.word]} ${codeSpan(suite)}: ${verdict.word}\n`,
    `\n${escaped(verdict.reason)}\n`,
    `\n${codeSpan(baseline.label)} (baseline) against ${codeSpan(candidate.label)} (candidate), ${codeSpan(comparison.dataset.path)} ${codeSpan(comparison.dataset.version, 20)}\n`,
    `\n${verdict.evidence.map((line) => `- ${escaped(line)}\n`).join('')}`,
    ...(gate
      ? [
          `\n**Gate ${gate.passed ? 'passed' : 'failed'}**${gate.reason === null ? '' : `: ${codeSpan(gate.reason, 600)}`}\n\n${gate.clauses.map((clause) => `- ${clause.status}: ${codeSpan(clause.name)} ${codeSpan(clause.reason, 300)}\n`).join('')}`,
        ]
      : []),
    `\n${resourceTable(comparison)}`,
    `\n${caseTable(comparison)}`,
    ...(tags.length > 0 ? [`\n${folded(`By tag (${tags.length})`, tagTable(comparison))}`] : []),
    ...(notes.length > 0 ? [`\n${notes.map((note) => `_${escaped(note)}_\n`).join('\n')}`] : []),
  ].join('');
}

function resourceTable({ consistency, resources }: Comparison): string {
  const known = resources.filter(({ pairs }) => pairs > 0);
  if (known.length === 0 && !consistency) return '';

  const rows = known.map((entry) => [
    entry.unknown > 0 ? `${entry.resource} (${counted(entry.unknown, 'case')} unknown)` : entry.resource,
    amount(entry, entry.baseline),
    amount(entry, entry.candidate),
    entry.relative === null ? '–' : `${formatSigned(entry.relative * 100, 0)} %`,
    entry.interval ? `${change(entry, entry.interval.low)} to ${change(entry, entry.interval.high)}` : '–',
  ]);
  if (consistency) rows.unshift(consistencyRow(consistency));

  return table(['per case', 'baseline', 'candidate', 'change', '95 % interval'], rows);
}

function consistencyRow({ k, baseline, candidate, difference, interval }: ConsistencyComparison): string[] {
  const points = (value: number) => formatSigned(value * 100, 1);
  return [
    `pass^${k}`,
    formatPercent(baseline),
    formatPercent(candidate),
    `${points(difference)} points`,
    interval ? `${points(interval.low)} to ${points(interval.high)}` : '–',
  ];
}

function caseTable({ cases, counts }: Comparison): string {
  const summary = `${counts.improved} improved, ${counts.degraded} degraded, ${counts.neutral} neutral${counts.unmeasured > 0 ? `, ${counts.unmeasured} not measured` : ''}`;
  const changed = cases
    .filter(({ change: word, passDifference }) => word !== 'neutral' || passDifference !== 0)
    .sort((a, b) => size(a) - size(b));
  if (changed.length === 0) return `${summary}\n`;

  const rows = changed
    .slice(0, MAX_CASES)
    .map((entry) => [
      codeSpan(entry.caseId),
      entry.change === 'unmeasured' ? 'not measured' : entry.change,
      `${passes(entry.baseline)} → ${passes(entry.candidate)}`,
      `${formatScore(entry.baseline.score)} → ${formatScore(entry.candidate.score)}`,
      entry.change === 'improved'
        ? `was: ${codeSpan(entry.baseline.reason, 160)}`
        : codeSpan(entry.candidate.reason, 160),
    ]);
  const more = changed.length > MAX_CASES ? `\n… and ${formatCount(changed.length - MAX_CASES)} more\n` : '';
  const body = table(['case', 'change', 'passed', 'score', 'why'], rows);

  return folded(`${summary}`, `${body}${more}`);
}

function tagTable({ tags }: Comparison): string {
  const rows = tags.map((entry) => [
    codeSpan(entry.tag),
    String(entry.pairs),
    `${entry.improved} / ${entry.degraded}`,
    formatSigned(entry.passDifference * 100, 1),
    entry.adjustedP === null ? '–' : entry.adjustedP.toPrecision(2),
    entry.word,
  ]);
  return table(['tag', 'cases', 'improved / degraded', 'points', 'adjusted p', ''], rows);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const aligned = titles.map((_, index) => (index === 0 ? ':--' : '--:'));
  return [titles, aligned, ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}

function size({ scoreDifference, passDifference }: CaseComparison): number {
  return scoreDifference ?? passDifference ?? Number.NEGATIVE_INFINITY;
}

function passes({ passed, trials, errored }: CaseSide): string {
  if (trials > 1) return `${passed}/${trials}`;
  return passed === 1 ? '✓' : errored === 1 ? '!' : '✗';
}

function amount({ unit }: ResourceComparison, value: number | null): string {
  if (value === null) return '–';
  if (unit === 'usd') return formatCost(value);
  return unit === 'ms' ? formatDuration(value) : formatCount(Math.round(value));
}

function change(entry: ResourceComparison, value: number): string {
  return withSign(value, (size) => amount(entry, size));
}

/** Our own sentences, in which only a label may be foreign. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|@&]/g, (character) => `\\${character}`);
}
