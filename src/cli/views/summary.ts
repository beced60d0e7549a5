import { sourceNotes, unscoredFallbacks } from '../../engine/model/answerSources.ts';
import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatRange,
  formatScore,
} from '../../engine/model/figures.ts';
import type { GateReport } from '../../engine/model/gateReport.ts';
import type { RunPlan, RunRecord } from '../../engine/model/run.ts';
import type { GroupSummary, RunSummary } from '../../engine/model/summary.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import { againCommand } from '../again.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import type { Style } from '../terminal/style.ts';
import { fitTable, renderTable, wrap } from '../terminal/table.ts';

/** Below this many columns, intervals are left out and clauses are wrapped. */
const NARROW = 90;
/** Most tags shown. */
const MAX_TAGS = 10;

/** `support · datasets/support.golden.yaml 1.3.0 · 66 trials: 1 target × 66 cases` */
export function headingLine(plan: RunPlan, style: Style): string {
  const cases = plan.trials / Math.max(1, plan.targets.length * plan.repeat);
  const parts = [
    counted(cases, 'case'),
    ...(plan.targets.length > 1 ? [counted(plan.targets.length, 'target')] : []),
    ...(plan.repeat > 1 ? [`${formatCount(plan.repeat)} trials each`] : []),
  ];
  const dataset = `${sanitizeLine(plan.dataset.path)} ${sanitizeLine(plan.dataset.version)}`;
  return `${style.bold(sanitizeLine(plan.suite))}  ${style.dim(dataset)}  ${parts.join(' × ')}`;
}

/** The figures of a run: by target, by tag, by evaluator, the cascade, and the gate. */
export function summaryLines(report: RunReport, workspace: Workspace, io: Io): string[] {
  const { summary, run } = report;
  const { style } = io;
  const again = againCommand(`touchstone show ${run.id}`, workspace, io.cwd);
  return [
    ...groupTable(
      'target',
      summary.targets.map(({ target, summary: group }) => ({ name: target, group })),
      io,
    ),
    ...tagLines(summary, io),
    ...evaluatorLines(summary, io),
    ...cascadeLines(summary),
    ...(report.gate ? gateLines(report.gate, io) : []),
    ...sourceLines(summary, style),
    '',
    verdictLine(report, style),
    ...(report.rerun === undefined
      ? []
      : [`includes ${counted(report.rerun, 'result')} of cases run again after the run`]),
    style.dim(`run ${run.id}, ${formatDuration(run.elapsedMs)}; to show it again: ${again}`),
  ];
}

function groupTable(
  title: string,
  groups: readonly { name: string; group: GroupSummary }[],
  io: Io,
): string[] {
  const repeated = groups.some(({ group }) => group.passHatK.length > 1);
  const tokens = groups.some(({ group }) => group.inputTokens !== null);
  const narrow = io.width < NARROW;
  const columns = [
    { title },
    { title: 'passed', align: 'right' as const },
    { title: 'rate' },
    { title: 'score', align: 'right' as const },
    ...(repeated ? [{ title: `pass^${groups[0]?.group.passHatK.length}`, align: 'right' as const }] : []),
    ...(repeated ? [{ title: 'flaky', align: 'right' as const, spare: 1 }] : []),
    { title: 'p50', align: 'right' as const, spare: 2 },
    { title: 'p95', align: 'right' as const, spare: 3 },
    { title: 'p99', align: 'right' as const, spare: 5 },
    ...(tokens ? [{ title: 'tokens in/out', align: 'right' as const, spare: 4 }] : []),
    { title: 'cost', align: 'right' as const },
  ];
  const rows = groups.map(({ name, group }) => [
    sanitizeLine(name),
    passedCell(group, io.style),
    rateCell(group, narrow),
    scoreCell(group),
    ...(repeated ? [formatPercent(group.passHatK.at(-1) ?? null), formatCount(group.flakyCases)] : []),
    latencyCell(group.latencyMs?.p50),
    latencyCell(group.latencyMs?.p95),
    latencyCell(group.latencyMs?.p99),
    ...(tokens ? [tokenCell(group)] : []),
    costCell(group),
  ]);
  const [head = '', ...body] = fitTable(columns, rows, io.width);
  return [io.style.dim(head), ...body];
}

/** The tags with the lowest pass rates; reports list all of them. */
function tagLines({ tags }: RunSummary, io: Io): string[] {
  if (tags.length === 0) return [];
  const worst = tags.toSorted((a, b) => (a.summary.passRate ?? 0) - (b.summary.passRate ?? 0));
  const rows = worst
    .slice(0, MAX_TAGS)
    .map(({ tag, summary }) => [
      sanitizeLine(tag),
      passedCell(summary, io.style),
      rateCell(summary, io.width < NARROW),
      scoreCell(summary),
    ]);
  const columns = [
    { title: 'tag' },
    { title: 'passed', align: 'right' as const },
    { title: 'rate' },
    { title: 'score', align: 'right' as const },
  ];
  const [head = '', ...body] = renderTable(columns, rows);
  const more = tags.length - rows.length;
  return [
    '',
    io.style.dim(head),
    ...body,
    ...(more > 0 ? [io.style.dim(`… and ${counted(more, 'more tag', 'more tags')}`)] : []),
  ];
}

function evaluatorLines({ evaluators }: RunSummary, io: Io): string[] {
  if (evaluators.length === 0) return [];
  const rows = evaluators.map((entry) => [
    sanitizeLine(entry.name),
    entry.stage,
    `${formatCount(entry.passed)}/${formatCount(entry.scored)}`,
    formatScore(entry.meanScore),
    entry.errors > 0 ? io.style.yellow(formatCount(entry.errors)) : '0',
    formatCount(entry.leftOut),
  ]);
  const columns = [
    { title: 'evaluator' },
    { title: 'stage', spare: 2 },
    { title: 'passed', align: 'right' as const },
    { title: 'score', align: 'right' as const },
    { title: 'errors', align: 'right' as const },
    { title: 'skipped', align: 'right' as const, spare: 1 },
  ];
  const [head = '', ...body] = fitTable(columns, rows, io.width);
  return ['', io.style.dim(head), ...body];
}

function cascadeLines({ cascade, stages }: RunSummary): string[] {
  const settled = stages
    .filter(({ early }) => early > 0)
    .map(({ stage, early }) => `${formatCount(early)} at the ${stage} stage`);
  if (cascade.judgeCalls === 0 && cascade.judgeCallsSaved === 0) {
    return settled.length > 0 ? ['', `cascade: settled early: ${settled.join(', ')}`] : [];
  }
  const made = `${counted(cascade.judgeCalls, 'judge call')}, cost ${formatCost(cascade.judgeCostUsd)}`;
  return [
    '',
    `cascade: ${made}; ${savedText(cascade)}`,
    ...(settled.length > 0 ? [`         settled early: ${settled.join(', ')}`] : []),
    ...auditLines(cascade),
  ];
}

/** Answers that are not plain, fresh ones of the target's own. */
function sourceLines({ sources, total }: RunSummary, style: Style): string[] {
  const notes = sourceNotes(sources, total.trials).map((note) => sanitizeLine(note));
  return notes.length === 0 ? [] : ['', ...notes.map((note) => style.yellow(note))];
}

function savedText({ judgeCallsSaved: calls, savedCostUsd, savedMs }: RunSummary['cascade']): string {
  if (calls === 0) return 'none skipped';
  const money = savedCostUsd === null ? 'cost unknown' : `about ${formatCost(savedCostUsd)}`;
  const time = savedMs === null ? 'time unknown' : `about ${formatDuration(savedMs)}`;
  return `saved ${counted(calls, 'judge call')}, ${money}, ${time}`;
}

function auditLines({ audited: { trials, agreed, interval: range } }: RunSummary['cascade']): string[] {
  if (trials === 0) return [];
  const interval = range
    ? ` (95 % interval ${formatPercent(range.low)} to ${formatPercent(range.high)})`
    : '';
  return [
    `         audit: the judge agreed with ${formatCount(agreed)} of ${counted(trials, 'settled trial')}${interval}`,
  ];
}

/** The gate's clauses, each with its reason. */
export function gateLines(gate: GateReport, { style, width }: Io): string[] {
  // A clause is one line, to be searched for, unless the terminal is narrow.
  const room = width < NARROW ? width - 12 : Number.POSITIVE_INFINITY;
  const marks = {
    pass: style.green('✓ pass     '),
    fail: style.red('✗ fail     '),
    undecided: style.yellow('? undecided'),
    'not-asked': style.dim('– not asked'),
  };
  return [
    '',
    ...gate.clauses.flatMap(({ name, status, reason }) =>
      wrap(`${sanitizeLine(name)}: ${sanitizeLine(reason)}`, room).map(
        (line, index) => `${index === 0 ? marks[status] : ' '.repeat(11)} ${line}`,
      ),
    ),
  ];
}

function verdictLine({ run, summary, gate, passed }: RunReport, style: Style): string {
  const { total, missing } = summary;
  const unscored = unscoredFallbacks(summary.sources);
  const counts = [
    `${formatCount(total.passed)} passed`,
    `${formatCount(total.failed)} failed`,
    `${formatCount(total.errored)} errored${unscored > 0 ? ` (${formatCount(unscored)} answered by fallbacks, not scored)` : ''}`,
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
  ].join(', ');
  if (run.plan.comparison) return comparisonLine(run, missing, counts, style);
  if (run.plan.partOf !== undefined) return partLine(run.plan.partOf, counts, style);
  if (missing > 0) return `${style.yellow(style.bold('incomplete'))}: ${counts}`;
  const word = gate ? (passed ? 'gate passed' : 'gate failed') : passed ? 'passed' : 'failed';
  const why = gate && gate.reason !== null ? `; ${sanitizeLine(gate.reason)}` : '';
  return `${passed ? style.green(style.bold(word)) : style.red(style.bold(word))}: ${counts}${why}`;
}

/** Cases that were run again have no verdict of their own: they count in the verdict of their run. */
function partLine(whole: string, counts: string, style: Style): string {
  return `${style.bold('part')} of run ${whole}, whose verdict includes it: ${counts}`;
}

/** The verdict of a comparison is not that of its trials taken together. */
function comparisonLine({ plan, status }: RunRecord, missing: number, counts: string, style: Style): string {
  const { baseline = '', candidate = '' } = plan.comparison ?? {};
  const sides = `${sanitizeLine(baseline)} (baseline) vs. ${sanitizeLine(candidate)} (candidate)`;
  const end =
    status.state === 'complete' ? (status.reason ?? 'complete') : missing > 0 ? 'incomplete' : status.state;
  return `${style.bold('comparison')} of ${sides}, ${end}: ${counts}`;
}

function passedCell({ passed, trials }: GroupSummary, style: Style): string {
  const text = `${formatCount(passed)}/${formatCount(trials)}`;
  return passed === trials ? style.green(text) : text;
}

function rateCell({ passRate, passRateInterval: range }: GroupSummary, narrow: boolean): string {
  if (!range || narrow) return formatPercent(passRate);
  return `${formatPercent(passRate)} (${formatRange(range)})`;
}

function scoreCell({ meanScore, scoreStandardError: error }: GroupSummary): string {
  const score = formatScore(meanScore);
  return error === null ? score : `${score} ±${formatScore(error)}`;
}

function tokenCell({ inputTokens, outputTokens }: GroupSummary): string {
  if (inputTokens === null || outputTokens === null) return 'unknown';
  return `${formatCount(inputTokens)}/${formatCount(outputTokens)}`;
}

function costCell({ costUsd, unknownCosts, trials }: GroupSummary): string {
  if (costUsd === null || unknownCosts === trials) return 'unknown';
  return unknownCosts > 0 ? `≥ ${formatCost(costUsd)}` : formatCost(costUsd);
}

function latencyCell(ms: number | undefined): string {
  return ms === undefined ? '–' : formatDuration(ms);
}
