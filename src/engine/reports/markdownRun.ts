import { sourceNotes } from '../model/answerSources.ts';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatRange,
  formatScore,
} from '../model/figures.ts';
import type { ClauseStatus, GateReport } from '../model/gateReport.ts';
import type { GroupSummary } from '../model/summary.ts';
import { codeSpan } from './markdownText.ts';
import type { RunReport } from './runReport.ts';

/** Rows of a table that are shown before it is cut. */
const MAX_ROWS = 20;

export function verdictMark(passed: boolean): string {
  return passed ? '✅' : '❌';
}

/** A run's verdict, its figures by target and tag, and its gate. */
export function markdownRun(report: RunReport): string {
  const { summary, gate } = report;
  const targets = summary.targets.map(({ target, summary: group }) => ({ name: target, group }));
  const tags = summary.tags.map(({ tag, summary: group }) => ({ name: tag, group }));

  return [
    `\n### ${verdictMark(report.passed)} ${codeSpan(report.run.plan.suite)}: ${verdict(report)}\n`,
    `\n${facts(report)}\n`,
    ...sourceNotes(summary.sources, summary.total.trials).map((note) => `\n⚠️ ${codeSpan(note, 600)}\n`),
    `\n${groupTable('target', targets)}`,
    ...(gate && gate.reason !== null ? [`\n**Gate failed**: ${codeSpan(gate.reason, 600)}\n`] : []),
    ...(gate && gate.clauses.length > 0 ? [`\n${gateTable(gate)}`] : []),
    ...(tags.length > 0 ? [`\n${folded(`By tag (${tags.length})`, groupTable('tag', tags))}`] : []),
  ].join('');
}

/** A part that is opened with a click. `summary` is our own text. */
export function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n</details>\n`;
}

function verdict({ summary: { total, missing }, gate, passed, rerun }: RunReport): string {
  const word = passed ? 'passed' : 'failed';
  const counts = [
    `${formatCount(total.passed)} of ${formatCount(total.trials + missing)} passed`,
    ...(total.failed > 0 ? [`${formatCount(total.failed)} failed`] : []),
    ...(total.errored > 0 ? [`${formatCount(total.errored)} errored`] : []),
    ...(missing > 0 ? [`${formatCount(missing)} missing: the run is incomplete`] : []),
    ...(rerun === undefined ? [] : [`includes ${counted(rerun, 'result')} of cases run again after the run`]),
    ...(total.flakyCases > 0 ? [`${formatCount(total.flakyCases)} flaky`] : []),
  ];
  return `${gate ? `gate ${word}` : word}; ${counts.join(', ')}`;
}

function facts({ run, summary }: RunReport): string {
  const { plan } = run;
  const cases = plan.trials / Math.max(1, plan.targets.length * plan.repeat);
  const judge = summary.cascade.judgeCalls;
  return [
    `${codeSpan(plan.dataset.path)} ${codeSpan(plan.dataset.version, 20)}`,
    `${counted(cases, 'case')}${plan.repeat > 1 ? `, ${plan.repeat} trials each` : ''}`,
    ...(judge > 0 ? [`${counted(judge, 'judge call')}, ${formatCost(summary.cascade.judgeCostUsd)}`] : []),
    formatDuration(run.elapsedMs),
    `run ${codeSpan(run.id)}`,
  ].join(' · ');
}

function groupTable(title: string, groups: readonly { name: string; group: GroupSummary }[]): string {
  const repeated = groups.some(({ group }) => group.passHatK.length > 1);
  const titles = [
    title,
    'passed',
    'rate (95 % interval)',
    'score',
    ...(repeated ? ['flaky'] : []),
    'p50',
    'p95',
    'cost',
  ];

  const rows = groups
    .slice(0, MAX_ROWS)
    .map(({ name, group }) => [
      codeSpan(name),
      `${group.passed}/${group.trials}`,
      rate(group),
      formatScore(group.meanScore),
      ...(repeated ? [String(group.flakyCases)] : []),
      group.latencyMs ? formatDuration(group.latencyMs.p50) : '–',
      group.latencyMs ? formatDuration(group.latencyMs.p95) : '–',
      cost(group),
    ]);

  const aligned = [':--', ...titles.slice(1).map(() => '--:')];
  return `${[titles, aligned, ...rows].map(row).join('')}${more(groups.length)}`;
}

const MARKS: Record<ClauseStatus, string> = {
  pass: '✅ pass',
  fail: '❌ fail',
  undecided: '❔ undecided',
  'not-asked': '➖ not asked',
};

function gateTable({ clauses }: GateReport): string {
  const rows = clauses
    .slice(0, MAX_ROWS)
    .map(({ name, status, reason }) => [codeSpan(name), MARKS[status], codeSpan(reason, 300)]);
  const head = [
    ['gate', '', 'why'],
    [':--', ':--', ':--'],
  ];
  return `${[...head, ...rows].map(row).join('')}${more(clauses.length)}`;
}

/** A bar would end the cell, even inside a code span. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function more(count: number): string {
  return count > MAX_ROWS ? `\n… and ${count - MAX_ROWS} more.\n` : '';
}

function rate({ passRate, passRateInterval: range }: GroupSummary): string {
  if (!range) return formatPercent(passRate);
  return `${formatPercent(passRate)} (${formatRange(range)})`;
}

function cost({ costUsd, unknownCosts, trials }: GroupSummary): string {
  if (costUsd === null || unknownCosts === trials) return 'unknown';
  return unknownCosts > 0 ? `≥ ${formatCost(costUsd)}` : formatCost(costUsd);
}
