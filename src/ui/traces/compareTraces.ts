import * as vscode from 'vscode';
import { formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { TraceComparison } from '../../protocol/traceCalls.ts';
import type { TraceSummary } from '../../protocol/traceRow.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { pickTrace } from './pickTrace.ts';
import type { TraceArgument } from './traceArgument.ts';
import { roleText, timeText } from './traceTexts.ts';

const SCHEME = 'touchstone-traces';

/** Runs of a case that are offered. */
const CASE_TRACES = 100;

type Trials = NonNullable<TraceComparison['trials']>;
type Side = 'before' | 'after';
type Step = NonNullable<TraceComparison['steps'][number][Side]>;

/** Shows two traces beside each other in the diff editor: figures, then steps, which differ where the traces do. */
export async function compareTraces(engine: EngineClient, chosen: readonly TraceArgument[]): Promise<void> {
  const [first, second] = [...new Set(chosen.map(({ traceId }) => traceId))];
  if (first === undefined) return;
  const other = second ?? (await pickTrace(engine, vscode.l10n.t('Compare with which trace?')));
  if (other === undefined) return;
  if (other === first) throw new PlainError(vscode.l10n.t('Choose another trace to compare with.'));

  const { before, after } = await comparisonOf(engine, first, other);
  // The older one is what the newer one changed.
  const [older, newer] = before.startMs <= after.startMs ? [before, after] : [after, before];
  const title = vscode.l10n.t('{0} ↔ {1}', older.title, newer.title);
  await showTraces(older.traceId, newer.traceId, title);
}

/** Shows the steps of a case beside those of another run of it, which the person picks. */
export async function compareCaseSteps(
  engine: EngineClient,
  { caseId, traceId }: { caseId: string; traceId: string },
): Promise<void> {
  const { t } = vscode.l10n;
  const { traces } = await engine.call('traces/ofCase', { caseId, limit: CASE_TRACES });
  const own = traces.find((one) => one.traceId === traceId);
  const others = traces.filter((one) => one !== own);
  if (others.length === 0)
    throw new PlainError(t('No other run of {0} is stored, so there is nothing to compare with.', caseId));

  const items = others.map((one) => ({
    label: timeText(one.createdAt),
    description: t('{0} of {1} passed', one.passed, one.trials),
    detail: `${one.suite} · ${one.target} · ${one.runId}`,
    one,
  }));
  const title = t('Compare the steps of {0} with which run?', caseId);
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDetail: true });
  if (!chosen) return;

  const { one: other } = chosen;
  const [older, newer] =
    own && own.createdAt < other.createdAt ? [traceId, other.traceId] : [other.traceId, traceId];
  await showTraces(older, newer, t('Steps of {0}', caseId));
}

/** The diff editor with the first on the left. */
export async function showTraces(before: string, after: string, title: string): Promise<void> {
  const [left, right] = [uriOf(before, after, 'before'), uriOf(before, after, 'after')];
  await vscode.commands.executeCommand('vscode.diff', left, right, title);
}

/** The documents of both sides. */
export function registerTraceComparisons(engine: EngineClient): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: async ({ query }) => {
      const { before, after, side } = JSON.parse(query) as { before: string; after: string; side: Side };
      return sideText(await comparisonOf(engine, before, after), side);
    },
  });
}

async function comparisonOf(engine: EngineClient, before: string, after: string): Promise<TraceComparison> {
  const { comparison } = await engine.call('traces/compare', { before, after });
  if (comparison) return comparison;
  throw new PlainError(vscode.l10n.t('Nothing is stored of one of these traces.'));
}

function uriOf(before: string, after: string, side: Side): vscode.Uri {
  const query = JSON.stringify({ before, after, side });
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${(side === 'before' ? before : after).slice(0, 8)}.txt`,
    query,
  });
}

/** Steps carry no times: they would differ everywhere. Exported for tests. */
export function sideText(comparison: TraceComparison, side: Side): string {
  const { t } = vscode.l10n;
  const { steps, firstDivergence } = comparison;
  const lines = steps.flatMap(({ [side]: step }, index) => {
    if (!step) return [];
    const mark = index === firstDivergence ? `  ◀ ${t('first divergence')}` : '';
    return [`${roleText(step.role)} ${step.title}${mark}`, ...stepLines(step)];
  });
  const order = steps.flatMap(({ [side]: step }) => (step?.role === 'tool' ? [step.title] : []));
  return [
    ...figures(comparison[side]),
    t('Tools: {0}', order.length > 0 ? order.join(' → ') : t('none')),
    '',
    ...(comparison.trials
      ? [...trialLines(comparison.trials, side), '', t('Steps of the first trial:'), '']
      : []),
    ...lines,
    '',
  ].join('\n');
}

/** How often each step was made over all trials; what certainly changed is marked on the newer side. */
function trialLines({ trials, steps, measures }: Trials, side: Side): string[] {
  const { t } = vscode.l10n;
  const own = side === 'before' ? 'left' : 'right';
  const mark = (text: string, p: number | null) =>
    side === 'before' || p === null ? '' : `  ◀ ${t('{0} (p {1})', text, shownP(p))}`;
  return [
    trials[own] === 1 ? t('1 trial:') : t('{0} trials:', trials[own]),
    ...steps.map(
      ({ step, [own]: made, p, verdict }) =>
        `    ${step}: ${made.trials}/${made.of}${verdict === 'undecided' ? '' : mark(frequencyText(verdict), p)}`,
    ),
    ...measures.map(
      ({ measure, median, p, verdict }) =>
        `    ${measureText(measure, median[own])}${verdict === 'undecided' ? '' : mark(levelText(verdict), p)}`,
    ),
  ];
}

function shownP(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}

function frequencyText(verdict: 'more often' | 'less often'): string {
  return verdict === 'more often' ? vscode.l10n.t('more often') : vscode.l10n.t('less often');
}

function levelText(verdict: 'higher' | 'lower'): string {
  return verdict === 'higher' ? vscode.l10n.t('higher') : vscode.l10n.t('lower');
}

function measureText(measure: Trials['measures'][number]['measure'], median: number | null): string {
  const { t } = vscode.l10n;
  const shown = (format: (value: number) => string) => (median === null ? t('unknown') : format(median));
  switch (measure) {
    case 'steps':
      return t('Steps (median): {0}', shown(formatCount));
    case 'tokens':
      return t('Tokens (median): {0}', shown(formatCount));
    case 'costUsd':
      return t('Cost (median): {0}', shown(formatCost));
    case 'durationMs':
      return t('Duration (median): {0}', shown(formatDuration));
  }
}

function figures({ startMs, endMs, tokens, costUsd, errors, spans }: TraceSummary): string[] {
  const { t } = vscode.l10n;
  const count = (value: number | null) => (value === null ? t('unknown') : formatCount(value));
  return [
    t('Duration: {0}', formatDuration(Math.max(0, endMs - startMs))),
    t('Tokens: {0} in, {1} out', count(tokens.input), count(tokens.output)),
    t('Cost: {0}', costUsd === null ? t('unknown') : formatCost(costUsd)),
    t('Spans: {0}, errors: {1}', formatCount(spans), formatCount(errors)),
  ];
}

function stepLines({ model, title, arguments: given, result, error }: Step): string[] {
  const said = [
    ...(model !== null && model !== title ? [model] : []),
    ...(given === null ? [] : given.split('\n')),
    ...(result === null
      ? []
      : result.split('\n').map((line, index) => `${index === 0 ? '→ ' : '  '}${line}`)),
    ...(error === null ? [] : [`✗ ${error}`]),
  ];
  return said.map((line) => `    ${line}`);
}
