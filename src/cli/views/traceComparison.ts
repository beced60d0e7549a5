import { counted, formatCost, formatCount, formatDuration, withSign } from '../../engine/model/figures.ts';
import { shownP } from '../../engine/statistics/shownP.ts';
import type { Pair, StepPair, TraceComparison } from '../../engine/traces/compareTraces.ts';
import type { TrialComparison } from '../../engine/traces/compareTrials.ts';
import type { TraceStep } from '../../engine/traces/traceSteps.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable, truncate } from '../terminal/table.ts';

const LONGEST = 80;

/** The steps of both in one order, what differs about them, and the totals. */
export function traceComparisonLines(compared: TraceComparison, io: Io): string[] {
  const { steps, firstDivergence, tools, tokens, costUsd, durationMs, cut } = compared;
  const { style } = io;
  return [
    ...steps.flatMap((pair, index) => [
      ...(index === firstDivergence ? [style.yellow('── here they part ──')] : []),
      ...pairLines(pair, io),
    ]),
    ...(cut ? [style.dim('(steps beyond the first 1,500 are left out)')] : []),
    '',
    firstDivergence === null ? 'the steps are the same' : toolText(tools),
    `tokens ${pairText(tokens, formatCount)}`,
    `cost   ${pairText(costUsd, formatCost)}`,
    `time   ${pairText(durationMs, formatDuration)}`,
  ];
}

/** What changed over all trials. */
export function trialComparisonLines({ trials, steps, measures }: TrialComparison, { style }: Io): string[] {
  const rows = [
    ...steps.map(({ step, left, right, p, verdict }) => [
      sanitizeLine(step),
      `${left.trials}/${left.of}`,
      `${right.trials}/${right.of}`,
      pText(p),
      verdict,
    ]),
    ...measures.map(({ measure, median, p, verdict }) => [
      `${NAMES[measure].name} (median)`,
      shown(median.left, NAMES[measure].format),
      shown(median.right, NAMES[measure].format),
      p === null ? '–' : pText(p),
      verdict,
    ]),
  ];
  const columns = ['over all trials', 'left', 'right', 'p', 'verdict'].map((title) => ({ title }));
  const [head = '', ...body] = renderTable(columns, rows);
  const few = `${counted(trials.left, 'trial')} and ${counted(trials.right, 'trial')}: p corrected after Holm, decided below 0.05`;
  return ['', style.dim(head), ...body, style.dim(few)];
}

const NAMES = {
  steps: { name: 'steps', format: formatCount },
  tokens: { name: 'tokens', format: formatCount },
  costUsd: { name: 'cost', format: formatCost },
  durationMs: { name: 'time', format: formatDuration },
} as const;

function pairLines(pair: StepPair, { style }: Io): string[] {
  switch (pair.kind) {
    case 'same':
      return [`  ${stepText(pair.right)}`];
    case 'removed':
      return [style.red(`- ${stepText(pair.left)}`)];
    case 'added':
      return [style.green(`+ ${stepText(pair.right)}`)];
    case 'changed': {
      const { left, right, changes } = pair;
      return [
        `${style.yellow('~')} ${stepText(right)} ${style.dim(`other ${changes.join(', ')}`)}`,
        ...changes.flatMap((change) => [
          style.red(`    - ${valueText(left[change])}`),
          style.green(`    + ${valueText(right[change])}`),
        ]),
      ];
    }
  }
}

function stepText({ role, title, durationMs, tokens }: TraceStep): string {
  const used = tokens === null ? '' : `  ${formatCount(tokens)} tokens`;
  return `${role} ${sanitizeLine(title)}  ${formatDuration(durationMs)}${used}`;
}

function valueText(value: string | null): string {
  return value === null ? 'none' : truncate(sanitizeLine(value), LONGEST);
}

function toolText({ left, right, order }: TraceComparison['tools']): string {
  if (order === 'same') return `tools  the same, in the same order: ${listed(left)}`;
  const word = order === 'reordered' ? 'the same, in another order' : 'different';
  return `tools  ${word}: ${listed(left)} → ${listed(right)}`;
}

function listed(tools: readonly string[]): string {
  return sanitizeLine(tools.join(', ')) || 'none';
}

function pairText({ left, right, difference }: Pair, format: (value: number) => string): string {
  const change = difference === null ? '' : ` (${withSign(difference, format)})`;
  return `${shown(left, format)} → ${shown(right, format)}${change}`;
}

function shown(value: number | null, format: (value: number) => string): string {
  return value === null ? 'unknown' : format(value);
}

function pText(p: number): string {
  return shownP(p) < 0.001 ? '< 0.001' : p.toFixed(3);
}
