import type {
  CascadeCalibration,
  EvaluatorAgreement,
  JudgeHealth,
} from '../../engine/model/evaluatorStudy.ts';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
} from '../../engine/model/figures.ts';
import { cascadeSnippet } from '../../engine/reports/cascadeSnippet.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable, truncate } from '../terminal/table.ts';

/** Most differing outputs shown for a pair of evaluators. */
const MAX_DIFFERENCES = 10;

/** How pairs of evaluators agree; with `details`, the outputs on which they differ most. */
export function agreementLines(
  agreements: readonly EvaluatorAgreement[],
  details: boolean,
  io: Io,
): string[] {
  const rated = agreements.filter(({ outputs }) => outputs > 0);
  if (rated.length === 0) return [];
  const rows = rated.map((entry) => [
    `${sanitizeLine(entry.first)} / ${sanitizeLine(entry.second)}`,
    formatCount(entry.outputs),
    formatPercent(entry.within),
    formatPercent(entry.samePass),
    formatScore(entry.kappa),
    formatScore(entry.weightedKappa),
    formatScore(entry.alpha),
    formatScore(entry.spearman),
    `${formatCost(entry.costUsd.first)} / ${formatCost(entry.costUsd.second)}`,
  ]);
  const titles = [
    'evaluators',
    'outputs',
    'within 0.1',
    'same pass',
    'kappa',
    'weighted',
    'alpha',
    'rank',
    'cost per output',
  ];
  const columns = titles.map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  const [head = '', ...body] = renderTable(columns, rows);
  return [
    io.style.dim(head),
    ...body,
    '',
    ...(details ? rated.flatMap((entry) => [...biasLines(entry), ...differenceLines(entry, io)]) : []),
  ];
}

/** What is known about each of the two. */
function biasLines(entry: EvaluatorAgreement): string[] {
  const { labelled, accuracy, positionBias, lengthBias, selfPreference, latencyMs } = entry;
  const rows: [string, { first: number | null; second: number | null }, (value: number | null) => string][] =
    [
      [`agreement with labels (${formatCount(labelled)})`, accuracy, formatPercent],
      ['length bias (rank correlation)', lengthBias, formatScore],
      ['position bias (towards the first answer)', positionBias, formatScore],
      ['self-preference (its own model)', selfPreference, formatScore],
      ['time per output', latencyMs, (value) => (value === null ? '–' : formatDuration(value))],
    ];
  const columns = ['', sanitizeLine(entry.first), sanitizeLine(entry.second)].map((title, at) => ({
    title,
    align: at === 0 ? ('left' as const) : ('right' as const),
  }));
  return [
    ...renderTable(
      columns,
      rows.map(([name, { first, second }, show]) => [name, show(first), show(second)]),
    ),
    '',
  ];
}

function differenceLines({ first, second, differences }: EvaluatorAgreement, io: Io): string[] {
  if (differences.length === 0) return [];
  const rows = differences
    .slice(0, MAX_DIFFERENCES)
    .map((entry) => [
      sanitizeLine(entry.caseId),
      sanitizeLine(entry.target),
      formatScore(entry.first.score),
      formatScore(entry.second.score),
      sanitizeLine(`${entry.first.reason} / ${entry.second.reason}`),
    ]);
  const titles = ['case', 'target', sanitizeLine(first), sanitizeLine(second), 'why'];
  const [head = '', ...body] = renderTable(
    titles.map((title) => ({ title })),
    rows,
  );
  const more = differences.length - rows.length;
  return [
    io.style.dim(head),
    ...body.map((line) => truncate(line, io.width)),
    ...(more > 0 ? [io.style.dim(`… and ${formatCount(more)} more`)] : []),
    '',
  ];
}

/** Whether each judge is reliable, check by check. */
export function healthLines(judges: readonly JudgeHealth[], { style }: Io): string[] {
  const marks = { pass: style.green('✓'), fail: style.red('✗'), unknown: style.dim('?') };
  const words = { healthy: style.green, unhealthy: style.red, unknown: style.yellow };
  return judges.flatMap(({ judge, status, checks, judged, corrected }) => [
    `${style.bold(sanitizeLine(judge))}: ${words[status](status)}`,
    ...checks.map((check) => `  ${marks[check.status]} ${check.check}: ${sanitizeLine(check.reason)}`),
    ...(corrected
      ? [
          `  pass rate: ${formatPercent(judged)} as judged, ${formatPercent(corrected.mean)} corrected with the labels (95 % interval ${formatPercent(corrected.interval.low)} to ${formatPercent(corrected.interval.high)})`,
        ]
      : []),
    '',
  ]);
}

/** Possible thresholds for the cascade, and how well they held on outputs they were not fitted to. */
export function calibrationLines(
  calibrations: readonly CascadeCalibration[],
  agreement: number,
  { style }: Io,
): string[] {
  return calibrations.flatMap((calibration) => {
    const { stage, thresholds, outputs, settled, heldOut, holds } = calibration;
    const range = heldOut.interval
      ? ` (95 % interval ${formatPercent(heldOut.interval.low)} to ${formatPercent(heldOut.interval.high)})`
      : '';
    const word = holds
      ? style.green('holds')
      : style.yellow(`agreement of ${formatPercent(agreement)} not shown`);
    return [
      `${style.bold(stage)}: fail below ${formatScore(thresholds.fail)}, pass from ${formatScore(thresholds.pass)}; settles ${formatPercent(settled)} of ${counted(outputs, 'output')}`,
      `  agreement with the judge on held-out outputs: ${formatPercent(heldOut.agreement)}${range}: ${word}`,
      ...(holds ? [style.dim(`  for the suite: ${cascadeSnippet(calibration)}`)] : []),
      '',
    ];
  });
}
