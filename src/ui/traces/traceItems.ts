import * as vscode from 'vscode';
import type { TraceGroup, TraceGrouping } from '../../protocol/traceCalls.ts';
import type { SpanRole, SpanRow, TraceSummary } from '../../protocol/traceRow.ts';
import { lineText } from '../output/plainText.ts';
import { failedUri } from './traceColors.ts';
import {
  groupText,
  spanLabel,
  spanText,
  spanTooltip,
  traceLabel,
  traceText,
  traceTooltip,
} from './traceTexts.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

const ROLE_ICON: { readonly [role in SpanRole]: string } = {
  agent: 'hubot',
  model: 'sparkle',
  tool: 'tools',
  retrieval: 'search',
  embedding: 'symbol-array',
  evaluator: 'beaker',
  guardrail: 'shield',
  other: 'circle-small-filled',
};

const GROUP_ICON: { readonly [by in TraceGrouping]: string } = {
  session: 'comment-discussion',
  service: 'server-process',
  model: 'sparkle',
  release: 'tag',
};

/** Cases of a run stand in its session. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

export function groupItem(group: TraceGroup, by: TraceGrouping): vscode.TreeItem {
  const ofRun = by === 'session' && group.key !== null && RUN_ID.test(group.key);
  const label = ofRun ? vscode.l10n.t('Run {0}', group.key ?? '') : lineText(group.key ?? noneText(by));
  const item = new vscode.TreeItem(label, Collapsed);
  item.description = groupText(group);
  item.iconPath = iconOf(ofRun ? 'beaker' : GROUP_ICON[by], group.failed > 0);
  item.contextValue = 'traceGroup';
  item.tooltip = `${label}\n${item.description}`;
  item.accessibilityInformation = { label: `${label}: ${item.description}` };
  return item;
}

export function pinnedItem(count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Pinned'), Expanded);
  item.iconPath = new vscode.ThemeIcon('pinned');
  item.description = String(count);
  item.contextValue = 'tracePins';
  return item;
}

export function traceItem(trace: TraceSummary, pinned: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(lineText(trace.title) || trace.traceId, Collapsed);
  item.description = traceText(trace);
  item.iconPath = iconOf(ROLE_ICON[trace.role], trace.errors > 0);
  item.contextValue = pinned ? 'trace.pinned' : 'trace';
  item.accessibilityInformation = { label: traceLabel(trace) };
  if (trace.errors > 0) item.resourceUri = failedUri(trace.traceId);
  item.tooltip = traceTooltip(trace);
  item.command = openSelected();
  return item;
}

/** Spans with errors below them, too, are shown in the colour of errors: they lead to the cause. */
export function spanItem(row: SpanRow, traceId: string): vscode.TreeItem {
  const missing = row.place === 'missing';
  const label = missing ? vscode.l10n.t('Missing span') : lineText(row.title) || row.id;
  const item = new vscode.TreeItem(label, row.children > 0 ? stateOf(row) : None);
  item.description = spanText(row);
  item.iconPath = missing
    ? new vscode.ThemeIcon('question', new vscode.ThemeColor('descriptionForeground'))
    : iconOf(ROLE_ICON[row.role], row.error !== null);
  item.contextValue = missing ? 'span.missing' : `span.${row.role}`;
  item.accessibilityInformation = { label: spanLabel(row) };
  if (row.error !== null) item.resourceUri = failedUri(`${traceId}/${row.id}`);
  item.tooltip = spanTooltip(row);
  if (!missing) item.command = openSelected();
  return item;
}

export function moreItem(text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text, None);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'traceMore';
  item.command = { command: 'touchstone.traces.more', title: vscode.l10n.t('Load More') };
  return item;
}

/** Without arguments: the editor forgets those of a row that is drawn anew while it is clicked. */
function openSelected(): vscode.Command {
  return { command: 'touchstone.traces.openSelected', title: vscode.l10n.t('Open Trace') };
}

/** Small traces are opened whole with one click; a wide one stays as it is. */
function stateOf({ children, below }: SpanRow): vscode.TreeItemCollapsibleState {
  return children <= 20 && below <= 40 ? Expanded : Collapsed;
}

function iconOf(id: string, failed: boolean): vscode.ThemeIcon {
  return failed
    ? new vscode.ThemeIcon(id, new vscode.ThemeColor('list.errorForeground'))
    : new vscode.ThemeIcon(id);
}

function noneText(by: TraceGrouping): string {
  switch (by) {
    case 'session':
      return vscode.l10n.t('No session');
    case 'service':
      return vscode.l10n.t('No service');
    case 'model':
      return vscode.l10n.t('No model');
    case 'release':
      return vscode.l10n.t('No release');
  }
}
