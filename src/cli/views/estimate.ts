import type { RunEstimate } from '../../engine/cost/estimate.ts';
import type { Range } from '../../engine/cost/range.ts';
import { counted, formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { renderTable } from '../terminal/table.ts';

/** The estimate of a run: by target and judge, in all, and what it rests on. */
export function estimateLines(estimate: RunEstimate, io: Io): string[] {
  const { targets, judges, costUsd, elapsedMs, notes } = estimate;
  const columns = [
    { title: 'target or judge' },
    { title: 'model' },
    { title: 'calls', align: 'right' as const },
    { title: 'input tokens', align: 'right' as const },
    { title: 'output tokens', align: 'right' as const },
    { title: 'cost', align: 'right' as const },
    { title: 'based on' },
  ];
  const rows = [
    ...targets.map((target) => [
      sanitizeLine(target.target),
      sanitizeLine(target.model ?? '–'),
      formatCount(target.calls),
      rangeText(target.inputTokens, wholeText),
      rangeText(target.outputTokens, wholeText),
      rangeText(target.costUsd, formatCost),
      sourceText(target.history),
    ]),
    ...judges.map((judge) => [
      sanitizeLine(judge.judge),
      sanitizeLine(judge.model ?? '–'),
      rangeText(judge.calls, wholeText),
      '',
      '',
      rangeText(judge.costUsd, formatCost),
      sourceText(judge.history),
    ]),
  ];
  const [head = '', ...body] = renderTable(columns, rows);
  return [
    io.style.dim(head),
    ...body,
    '',
    `estimate: cost ${io.style.bold(rangeText(costUsd, formatCost))}, time ${rangeText(elapsedMs, formatDuration)}`,
    ...notes.map((note) => io.style.dim(`- ${sanitizeLine(note)}`)),
  ];
}

/** One line for a run that is about to begin. */
export function shortEstimate({ costUsd, elapsedMs }: RunEstimate): string {
  return `estimate: cost ${rangeText(costUsd, formatCost)}, time ${rangeText(elapsedMs, formatDuration)}`;
}

/** Whether a finished run cost what was estimated; undefined where one of both is unknown. */
export function estimateOutcome({ costUsd }: RunEstimate, { summary }: RunReport): string | undefined {
  const { total, cascade } = summary;
  if (costUsd === null || total.costUsd === null || total.unknownCosts > 0 || cascade.judgeCostUsd === null)
    return undefined;
  const actual = total.costUsd + cascade.judgeCostUsd;
  const said = `the run cost ${formatCost(actual)}`;
  const interval = `${formatCost(costUsd.low)}–${formatCost(costUsd.high)}`;
  if (actual < costUsd.low) return `${said}: below the estimate of ${interval}`;
  if (actual > costUsd.high) return `${said}: above the estimate of ${interval}`;
  return `${said}: within the estimate of ${interval}`;
}

/** `$0.012 ($0.008–$0.034)`; one value where all are the same. */
function rangeText(range: Range | null, format: (value: number) => string): string {
  if (range === null) return 'unknown';
  const { low, likely, high } = range;
  const texts = [low, likely, high].map(format);
  if (texts[0] === texts[2]) return texts[1] ?? '';
  return `${texts[1]} (${texts[0]}–${texts[2]})`;
}

function wholeText(value: number): string {
  return formatCount(Math.round(value));
}

function sourceText(history: number): string {
  return history === 0 ? 'defaults' : counted(history, 'past call');
}
