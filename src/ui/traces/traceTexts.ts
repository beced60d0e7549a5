import * as vscode from 'vscode';
import { formatCost, formatCount, formatDuration, formatScore } from '../../engine/model/figures.ts';
import { visibleText } from '../../engine/model/visibleText.ts';
import type { TraceGroup } from '../../protocol/traceCalls.ts';
import type { SpanRole, SpanRow, TraceSummary } from '../../protocol/traceRow.ts';
import { lineText } from '../output/plainText.ts';

/** Of an error in a row, in UTF-16 units; all of it is in the tooltip. */
const ERROR_LENGTH = 60;

/** `14:03:22 · 1.2 s · 3,214 tokens · $0.0123 · 2 errors · score 0.40` */
export function traceText(trace: TraceSummary): string {
  const { t } = vscode.l10n;
  const { startMs, endMs, tokens, costUsd, errors, score, incomplete } = trace;
  return [
    timeText(startMs),
    formatDuration(endMs - startMs),
    ...spent(tokens.input, tokens.output, costUsd),
    ...(errors > 0 ? [errorCount(errors)] : []),
    ...scoreText(score),
    ...(incomplete ? [t('incomplete')] : []),
  ].join(' · ');
}

/** `1.2 s · 812 → 143 tokens · $0.0012`: what of it is known. */
export function spanText(row: SpanRow): string {
  const { t } = vscode.l10n;
  const { startMs, endMs, inputTokens, outputTokens, costUsd, unpriced, repeated, score, place, error } = row;
  const figures = [
    formatDuration(Math.max(0, endMs - startMs)),
    ...(repeated ? [] : flow(inputTokens, outputTokens)),
    ...(repeated ? [] : costUsd !== null ? [formatCost(costUsd)] : unpriced ? [t('unpriced')] : []),
    ...scoreText(score),
    ...(error === null ? [] : [shortError(error)]),
  ];
  switch (place) {
    case 'here':
      return figures.join(' · ');
    case 'missing':
      return [t('not received'), ...figures].join(' · ');
    case 'orphan':
      return [...figures, t('parent not received')].join(' · ');
    case 'cycle':
      return [...figures, t('its parents form a cycle')].join(' · ');
  }
}

function shortError(error: string): string {
  return lineText(error.length > ERROR_LENGTH ? `${error.slice(0, ERROR_LENGTH).trimEnd()}…` : error);
}

/** `3 traces · 1 with errors · 14:03:22` */
export function groupText({ traces, failed, newestMs, costUsd, score }: TraceGroup): string {
  const { t } = vscode.l10n;
  return [
    traceCount(traces),
    ...(failed > 0 ? [t('{0} with errors', formatCount(failed))] : []),
    ...(costUsd === null ? [] : [formatCost(costUsd)]),
    ...scoreText(score),
    timeText(newestMs),
  ].join(' · ');
}

/** What is told when the pointer rests on it. */
export function traceTooltip(trace: TraceSummary): string {
  const { t } = vscode.l10n;
  const { title, traceId, services, models, session, user, release, spans, tokens, costUsd, incomplete } =
    trace;
  const lines = [
    title,
    `${spans === 1 ? t('1 span') : t('{0} spans', formatCount(spans))} · ${services.join(', ')}`,
    ...(models.length > 0 ? [t('Models: {0}', models.join(', '))] : []),
    ...tokenLine(tokens, costUsd),
    ...(session === null ? [] : [t('Session: {0}', session)]),
    ...(user === null ? [] : [t('User: {0}', user)]),
    ...(release === null ? [] : [t('Release: {0}', release)]),
    ...(incomplete ? [t('Some spans have not been received, or the trace has several roots.')] : []),
    t('Started: {0}', timeText(trace.startMs)),
    traceId,
  ];
  return visibleText(lines.join('\n'));
}

export function spanTooltip(row: SpanRow): string {
  const { t } = vscode.l10n;
  const { title, role, service, model, place, error, repeated, below, id } = row;
  if (place === 'missing')
    return [
      t('A span that others name as their parent, and that has not been received.'),
      t('It takes its place here when it arrives.'),
      id,
    ].join('\n');
  const lines = [
    title,
    [roleText(role), service, ...(model !== null && model !== title ? [model] : [])].join(' · '),
    ...(error === null ? [] : [t('Error: {0}', error)]),
    ...(repeated ? [t('Its tokens are counted in the spans below it.')] : []),
    ...(place === 'orphan' ? [t('Its parent has not been received.')] : []),
    ...(place === 'cycle'
      ? [t('It is among its own descendants: the sender’s parent ids form a cycle.')]
      : []),
    ...(below > 0 ? [below === 1 ? t('1 span below it') : t('{0} spans below it', formatCount(below))] : []),
    id,
  ];
  return visibleText(lines.join('\n'));
}

/** What a screen reader says of a span. */
export function spanLabel(row: SpanRow): string {
  const { t } = vscode.l10n;
  const what = row.place === 'missing' ? t('Missing span') : `${roleText(row.role)} ${lineText(row.title)}`;
  return [what, ...(row.error === null ? [] : [t('error')]), spanText(row)].join(', ');
}

export function traceLabel(trace: TraceSummary): string {
  return vscode.l10n.t('Trace {0}: {1}', lineText(trace.title), traceText(trace));
}

export function roleText(role: SpanRole): string {
  const { t } = vscode.l10n;
  switch (role) {
    case 'agent':
      return t('Agent');
    case 'model':
      return t('Model call');
    case 'tool':
      return t('Tool');
    case 'retrieval':
      return t('Retrieval');
    case 'embedding':
      return t('Embedding');
    case 'evaluator':
      return t('Evaluator');
    case 'guardrail':
      return t('Guardrail');
    case 'other':
      return t('Span');
  }
}

export function traceCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 trace') : vscode.l10n.t('{0} traces', formatCount(count));
}

function errorCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 error') : vscode.l10n.t('{0} errors', formatCount(count));
}

function spent(input: number | null, output: number | null, costUsd: number | null): string[] {
  if (input === null && output === null) return costUsd === null ? [] : [formatCost(costUsd)];
  const tokens = vscode.l10n.t('{0} tokens', formatCount((input ?? 0) + (output ?? 0)));
  return [tokens, costUsd === null ? vscode.l10n.t('unpriced') : formatCost(costUsd)];
}

function flow(input: number | null, output: number | null): string[] {
  if (input === null && output === null) return [];
  const text = (count: number | null) => (count === null ? '?' : formatCount(count));
  return [vscode.l10n.t('{0} → {1} tokens', text(input), text(output))];
}

function tokenLine(tokens: TraceSummary['tokens'], costUsd: number | null): string[] {
  const parts = [...flow(tokens.input, tokens.output), ...(costUsd === null ? [] : [formatCost(costUsd)])];
  return parts.length > 0 ? [parts.join(' · ')] : [];
}

function scoreText(score: number | null): string[] {
  return score === null ? [] : [vscode.l10n.t('score {0}', formatScore(score))];
}

/** The time alone where it is of today. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  const { today, earlier } = formats();
  return (date.toDateString() === new Date().toDateString() ? today : earlier).format(date);
}

let made: { today: Intl.DateTimeFormat; earlier: Intl.DateTimeFormat } | undefined;

/** Making one takes longer than the whole of a row else. */
function formats(): { today: Intl.DateTimeFormat; earlier: Intl.DateTimeFormat } {
  const { language } = vscode.env;
  made ??= {
    today: new Intl.DateTimeFormat(language, { timeStyle: 'medium' }),
    earlier: new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' }),
  };
  return made;
}
