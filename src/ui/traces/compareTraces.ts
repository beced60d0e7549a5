import * as vscode from 'vscode';
import { formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import type { TraceComparison } from '../../protocol/traceCalls.ts';
import type { TraceSummary } from '../../protocol/traceRow.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { pickTrace } from './pickTrace.ts';
import type { TraceArgument } from './traceArgument.ts';
import { roleText } from './traceTexts.ts';

const SCHEME = 'touchstone-traces';

type Side = 'before' | 'after';
type Step = NonNullable<TraceComparison['steps'][number][Side]>;

/** Shows two traces beside each other in the diff editor: figures, then steps, which differ where the traces do. */
export async function compareTraces(engine: EngineClient, chosen: readonly TraceArgument[]): Promise<void> {
  const [first, second] = [...new Set(chosen.map(({ traceId }) => traceId))];
  if (first === undefined) return;
  const other = second ?? (await pickTrace(engine, vscode.l10n.t('Compare with which trace?')));
  if (other === undefined) return;
  if (other === first) throw new PlainError(vscode.l10n.t('Choose another trace to compare with.'));

  const comparison = await comparisonOf(engine, first, other);
  // The older one is what the newer one changed.
  const [before, after] =
    comparison.before.startMs <= comparison.after.startMs ? [first, other] : [other, first];
  const titles = [comparison.before.title, comparison.after.title];
  await vscode.commands.executeCommand(
    'vscode.diff',
    uriOf(before, after, 'before'),
    uriOf(before, after, 'after'),
    vscode.l10n.t('{0} ↔ {1}', titles[0] ?? '', titles[1] ?? ''),
  );
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
    ...lines,
    '',
  ].join('\n');
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
