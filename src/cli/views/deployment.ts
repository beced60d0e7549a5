import {
  countdownText,
  holdText,
  isOver,
  phaseText,
  type StepState,
  sideRows,
  stepStates,
  weightText,
} from '../../engine/model/deploymentFigures.ts';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import type { DeploymentPlan } from '../../protocol/deploymentParams.ts';
import { columnsOf } from '../terminal/columns.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable, truncate, wrap } from '../terminal/table.ts';

type View = Pick<Io, 'style' | 'width'>;

/** Entries of the journal that a status shows. */
const MOST_LINES = 6;
const MOST_TRACES = 5;

/** Everything that is known of a deployment. */
export function deploymentLines(entry: DeploymentEntry, nowMs: number, io: View): string[] {
  const { style } = io;
  const { report, drift } = entry;
  return [
    ...headLines(entry, nowMs, io),
    '',
    ...stepLine(entry, io),
    ...drift.flatMap((text) => wrapped(`changed by somebody else: ${text}`, '  ', io).map(style.yellow)),
    '',
    ...sideLines(entry, io),
    ...(report === null ? [] : gateLines(report, io)),
    ...failedLines(entry, io),
    ...journalLines(entry, io),
  ];
}

/** Of several deployments, without their tables. */
export function shortLines(entry: DeploymentEntry, nowMs: number, io: View): string[] {
  return [...headLines(entry, nowMs, io), ...stepLine(entry, io)];
}

/** One line for each change, for who watches. */
export function progressLine(entry: DeploymentEntry, nowMs: number): string {
  const { deployment, weights, report } = entry;
  const left = isOver(entry) ? null : countdownText(entry.untilMs, nowMs);
  return [
    `${sanitizeLine(deployment)}: ${phaseText(entry)}`,
    ...(weights === null ? [] : [`green ${weightText(weights.green)}`]),
    ...(report === null
      ? []
      : [`${report.green.samples} of ${report.minSamples} samples`, `gate ${report.status}`]),
    ...(left === null ? [] : [left]),
  ].join(' · ');
}

/** Why it is where it is, and what can be done now. */
export function explainLines(entry: DeploymentEntry, nowMs: number, io: View): string[] {
  const { explanation, actions, deployment } = entry;
  // Both give the traffic back; one of them is enough.
  const useful = actions.filter((action) => action !== 'abort' || !actions.includes('rollback'));
  const can = useful.map((action) => `touchstone deploy ${action} ${sanitizeLine(deployment)}`);
  return [
    ...headLines({ ...entry, explanation: [] }, nowMs, io),
    '',
    ...explanation.flatMap((text) => bulleted(text, io)),
    ...(can.length === 0 ? [] : ['', 'you can:', ...can.map((line) => `  ${line}`)]),
  ];
}

/** What is moved, and where, before it is. */
export function planLines(plan: DeploymentPlan, io: View): string[] {
  const { style } = io;
  const from = plan.from === null ? 'nothing' : sanitizeLine(plan.from);
  const steps = plan.steps.map(({ weight, holdMs }) => `${weightText(weight)} for ${holdText(holdMs)}`);
  return [
    style.bold(
      `${sanitizeLine(plan.deployment)}: ${from} (blue, now) → ${sanitizeLine(plan.to)} (green, next)`,
    ),
    `  steers: ${sanitizeLine(plan.where)}`,
    ...wrapped(`steps: ${steps.join(', ')}`, '  ', io),
    ...plan.warnings.flatMap((text) => wrapped(text, '  ', io).map(style.yellow)),
    ...(plan.unapproved === null
      ? []
      : wrapped(`needs a reason: ${plan.unapproved}`, '  ', io).map(style.yellow)),
  ];
}

function headLines(entry: DeploymentEntry, nowMs: number, io: View): string[] {
  const { style } = io;
  const { deployment, blue, green, where, controller, explanation, untilMs } = entry;
  const over = isOver(entry);
  const left = over ? null : countdownText(untilMs, nowMs);
  const paint = phaseStyle(entry, style);
  const names = `${blue === null ? 'nothing' : sanitizeLine(blue.name)} → ${sanitizeLine(green.name)}`;
  const title = `${sanitizeLine(deployment)}: ${names}`;
  const state = `${phaseText(entry)}${left === null ? '' : `, ${left}`}`;
  const fits = columnsOf(`${title}, ${state}`) <= io.width;
  return [
    ...(fits
      ? [`${style.bold(title)}, ${paint(state)}`]
      : [style.bold(truncate(title, io.width)), ...wrapped(state, '  ', io).map(paint)]),
    ...(where === null ? [] : wrapped(sanitizeLine(where), '  ', io).map(style.dim)),
    ...(controller === null && !over
      ? wrapped(
          `nobody controls it, so nothing goes on: touchstone deploy watch ${deployment}`,
          '  ',
          io,
        ).map(style.yellow)
      : []),
    ...explanation.slice(0, 2).flatMap((why) => wrapped(why, '  ', io)),
  ];
}

const MARKS: { readonly [state in StepState]: string } = {
  passed: '✓',
  current: '●',
  paused: '‖',
  failed: '✗',
  next: '○',
};

/** `✓ 1 % ── ● 10 % ── ○ 25 %`, broken where the terminal ends. */
function stepLine(entry: DeploymentEntry, { style, width }: View): string[] {
  const states = stepStates(entry);
  const parts = entry.steps.map(({ weight }, index) => {
    const state = states[index] ?? 'next';
    return stepStyle(state, style)(`${MARKS[state]} ${weightText(weight)}`);
  });
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const joined = line === '' ? `  ${part}` : `${line} ── ${part}`;
    if (line !== '' && columnsOf(joined) > width) {
      lines.push(line);
      line = `  ${part}`;
    } else line = joined;
  }
  return line === '' ? lines : [...lines, line];
}

function sideLines(entry: DeploymentEntry, io: View): string[] {
  const { blue, green, weights, states, report } = entry;
  const rows = [
    { label: 'traffic', blue: weightText(weights?.blue ?? null), green: weightText(weights?.green ?? null) },
    { label: 'state', blue: states.blue ?? '–', green: states.green ?? '–' },
    ...(report === null ? [] : sideRows(report.blue, report.green, report.minSamples)),
  ].map((row) => ({ ...row, blue: sanitizeLine(row.blue), green: sanitizeLine(row.green) }));
  const names = {
    blue: `${blue === null ? 'nothing' : sanitizeLine(blue.name)} (blue, now)`,
    green: `${sanitizeLine(green.name)} (green, next)`,
  };
  return beside(rows, names, io);
}

/** A table where there is room for it, else one below the other. */
function beside(
  rows: readonly { label: string; blue: string; green: string }[],
  names: { blue: string; green: string },
  { style, width }: View,
): string[] {
  const columns = [{ title: '' }, { title: names.blue }, { title: names.green }];
  const table = renderTable(
    columns,
    rows.map(({ label, blue, green }) => [`  ${label}`, blue, green]),
  );
  const [head = '', ...lines] = table;
  if (table.every((line) => columnsOf(line) <= width)) return [style.dim(head), ...lines];
  return (['blue', 'green'] as const).flatMap((side) => [
    style.dim(`  ${truncate(names[side], width - 2)}`),
    ...rows.map((row) => `    ${truncate(`${row.label}: ${row[side]}`, width - 4)}`),
  ]);
}

function gateLines({ status, clauses }: NonNullable<DeploymentEntry['report']>, io: View): string[] {
  const { style } = io;
  const paint = clauseStyle(status, style);
  return [
    '',
    `  gate of this step: ${paint(status)}`,
    ...clauses.flatMap((clause) => {
      const color = clauseStyle(clause.status, style);
      const [first = '', ...rest] = wrap(
        sanitizeLine(`${clause.name}: ${clause.reason}`),
        Math.max(20, io.width - 6),
      );
      return [`    ${color(CLAUSE_MARKS[clause.status])} ${first}`, ...rest.map((line) => `      ${line}`)];
    }),
  ];
}

const CLAUSE_MARKS = { pass: '✓', fail: '✗', undecided: '?', 'not-asked': '–' } as const;

function failedLines({ report }: DeploymentEntry, { style }: View): string[] {
  const traces = report?.green.failedTraces ?? [];
  if (traces.length === 0) return [];
  const more = traces.length - MOST_TRACES;
  return [
    '',
    '  traces of what failed on green:',
    ...traces.slice(0, MOST_TRACES).map((id) => style.dim(`    touchstone traces show ${sanitizeLine(id)}`)),
    ...(more > 0 ? [style.dim(`    and ${more} more`)] : []),
  ];
}

function journalLines({ journal }: DeploymentEntry, io: View): string[] {
  if (journal.length === 0) return [];
  const shown = journal.slice(-MOST_LINES);
  return [
    '',
    '  journal:',
    ...shown.map(({ atMs, text, by }) => {
      const time = new Date(atMs).toISOString().slice(11, 19);
      return io.style.dim(truncate(`    ${time}  ${sanitizeLine(text)} (${sanitizeLine(by)})`, io.width));
    }),
  ];
}

function phaseStyle({ phase }: DeploymentEntry, style: Style): (text: string) => string {
  switch (phase) {
    case 'done':
    case 'keeping':
    case 'decommissioning':
      return style.green;
    case 'rolling-back':
    case 'rolled-back':
    case 'failed':
      return style.red;
    case 'paused':
      return style.yellow;
    default:
      return style.cyan;
  }
}

function stepStyle(state: StepState, style: Style): (text: string) => string {
  switch (state) {
    case 'passed':
      return style.green;
    case 'current':
      return style.cyan;
    case 'paused':
      return style.yellow;
    case 'failed':
      return style.red;
    case 'next':
      return style.dim;
  }
}

function clauseStyle(status: keyof typeof CLAUSE_MARKS, style: Style): (text: string) => string {
  switch (status) {
    case 'pass':
      return style.green;
    case 'fail':
      return style.red;
    case 'undecided':
      return style.yellow;
    case 'not-asked':
      return style.dim;
  }
}

function bulleted(text: string, io: View): string[] {
  const [first = '', ...rest] = wrap(sanitizeLine(text), Math.max(20, io.width - 2));
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
}

function wrapped(text: string, indent: string, { width }: View): string[] {
  return wrap(sanitizeLine(text), Math.max(20, width - indent.length)).map((line) => `${indent}${line}`);
}
