import * as vscode from 'vscode';
import {
  holdText,
  isOver,
  type StepState,
  sideRows,
  stepStates,
  weightText,
} from '../../engine/model/deploymentFigures.ts';
import { formatCount } from '../../engine/model/figures.ts';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import { lineText } from '../output/plainText.ts';
import type { ConfiguredDeployment, DeploymentFeed } from './deploymentFeed.ts';
import {
  deploymentFacts,
  evidenceText,
  gateText,
  leftText,
  phaseText,
  stepText,
  versionsText,
} from './deploymentTexts.ts';

export type DeploymentNode =
  | { kind: 'problem'; text: string }
  | { kind: 'configured'; deployment: string }
  | { kind: 'deployment'; deployment: string }
  | { kind: 'step'; deployment: string; at: number }
  | { kind: 'drift'; deployment: string; text: string }
  | { kind: 'evidence'; deployment: string }
  | { kind: 'journal'; deployment: string }
  | { kind: 'fact'; id: string; label: string; text: string; icon?: vscode.ThemeIcon };

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

const color = (id: string) => new vscode.ThemeColor(id);

/** Deployments with their steps, evidence, drift and journal; those that never began show what they steer. */
export class DeploymentsView implements vscode.TreeDataProvider<DeploymentNode>, vscode.Disposable {
  readonly #feed: DeploymentFeed;
  readonly #changed = new vscode.EventEmitter<DeploymentNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(feed: DeploymentFeed) {
    this.#feed = feed;
    this.#subscription = feed.onDidChange(() => this.#changed.fire(undefined));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Time has passed: what counts down is shown anew. */
  tick(): void {
    if (this.#feed.running.some(({ untilMs }) => untilMs !== null)) this.#changed.fire(undefined);
  }

  getChildren(parent?: DeploymentNode): DeploymentNode[] {
    if (!parent) return this.#roots();
    const entry = 'deployment' in parent ? this.#feed.entry(parent.deployment) : undefined;
    if (!entry) return parent.kind === 'configured' ? this.#configuredFacts(parent.deployment) : [];
    switch (parent.kind) {
      case 'deployment':
        return partsOf(entry);
      case 'evidence':
        return evidenceFacts(entry);
      case 'journal':
        return journalFacts(entry);
      default:
        return [];
    }
  }

  getTreeItem(node: DeploymentNode): vscode.TreeItem {
    switch (node.kind) {
      case 'problem':
        return warningItem(node.text, `problem ${node.text}`);
      case 'drift':
        return warningItem(
          vscode.l10n.t('Changed by somebody else: {0}', lineText(node.text)),
          `drift ${node.deployment} ${node.text}`,
        );
      case 'fact':
        return factItem(node);
      case 'configured':
        return configuredItem(this.#feed.configured.find(({ deployment }) => deployment === node.deployment));
    }

    const entry = this.#feed.entry(node.deployment);
    if (!entry) return new vscode.TreeItem(lineText(node.deployment));
    switch (node.kind) {
      case 'deployment':
        return deploymentItem(entry, Date.now());
      case 'step':
        return stepItem(entry, node.at, Date.now());
      case 'evidence':
        return evidenceItem(entry);
      case 'journal':
        return journalItem(entry);
    }
  }

  #roots(): DeploymentNode[] {
    const { entries, configured, problems } = this.#feed;
    const known = new Set(entries.map(({ deployment }) => deployment));
    return [
      ...problems.map((text): DeploymentNode => ({ kind: 'problem', text: lineText(text) })),
      ...entries.map(({ deployment }): DeploymentNode => ({ kind: 'deployment', deployment })),
      ...configured
        .filter(({ deployment }) => !known.has(deployment))
        .map(({ deployment }): DeploymentNode => ({ kind: 'configured', deployment })),
    ];
  }

  #configuredFacts(name: string): DeploymentNode[] {
    const configured = this.#feed.configured.find(({ deployment }) => deployment === name);
    if (!configured) return [];
    const { where, versions } = configured;
    return [
      { kind: 'fact', id: `${name} where`, label: vscode.l10n.t('Steers'), text: lineText(where) },
      ...versions.map(({ to, kind }): DeploymentNode => {
        return { kind: 'fact', id: `${name} version ${to}`, label: lineText(to), text: kindText(kind) };
      }),
    ];
  }
}

function kindText(kind: ConfiguredDeployment['versions'][number]['kind']): string {
  switch (kind) {
    case 'release':
      return vscode.l10n.t('release');
    case 'program':
      return vscode.l10n.t('agent program');
    case 'url':
      return vscode.l10n.t('HTTP agent');
    case 'image':
      return vscode.l10n.t('image');
    case 'model':
      return vscode.l10n.t('model');
  }
}

function partsOf({ deployment, steps, drift, report, journal }: DeploymentEntry): DeploymentNode[] {
  return [
    ...drift.map((text): DeploymentNode => ({ kind: 'drift', deployment, text })),
    ...steps.map((_, at): DeploymentNode => ({ kind: 'step', deployment, at })),
    ...(report === null ? [] : [{ kind: 'evidence', deployment } as const]),
    ...(journal.length === 0 ? [] : [{ kind: 'journal', deployment } as const]),
  ];
}

function deploymentItem(entry: DeploymentEntry, nowMs: number): vscode.TreeItem {
  const { deployment, actions, untilMs } = entry;
  const name = lineText(deployment);
  const left = isOver(entry) ? null : leftText(untilMs, nowMs);
  const text = [phaseText(entry), ...(left === null ? [] : [left]), versionsText(entry)].join(' · ');
  const item = new vscode.TreeItem(name, Expanded);
  item.id = `deployment ${deployment}`;
  item.description = text;
  item.contextValue = ['deployment', ...actions].join('.');
  item.iconPath = phaseIcon(entry);
  item.tooltip = deploymentFacts(entry, nowMs).join('\n');
  item.command = {
    command: 'touchstone.deploy.show',
    title: vscode.l10n.t('Show Deployment'),
    arguments: [{ deployment }],
  };
  item.accessibilityInformation = { label: vscode.l10n.t('Deployment {0}: {1}', name, text) };
  return item;
}

function phaseIcon({ phase }: DeploymentEntry): vscode.ThemeIcon {
  switch (phase) {
    case 'done':
    case 'keeping':
    case 'decommissioning':
      return new vscode.ThemeIcon('pass', color('testing.iconPassed'));
    case 'rolling-back':
    case 'rolled-back':
      return new vscode.ThemeIcon('discard', color('list.errorForeground'));
    case 'failed':
      return new vscode.ThemeIcon('error', color('list.errorForeground'));
    case 'paused':
      return new vscode.ThemeIcon('debug-pause', color('list.warningForeground'));
    default:
      return new vscode.ThemeIcon('rocket');
  }
}

function configuredItem(configured: ConfiguredDeployment | undefined): vscode.TreeItem {
  if (!configured) return new vscode.TreeItem('');
  const name = lineText(configured.deployment);
  const text = vscode.l10n.t('not begun');
  const item = new vscode.TreeItem(name, Collapsed);
  item.id = `configured ${configured.deployment}`;
  item.description = text;
  item.contextValue = 'configuredDeployment';
  item.iconPath = new vscode.ThemeIcon('rocket', color('disabledForeground'));
  item.tooltip = `${name}: ${lineText(configured.where)}`;
  item.accessibilityInformation = { label: vscode.l10n.t('Deployment {0}: {1}', name, text) };
  return item;
}

function stepItem(entry: DeploymentEntry, at: number, nowMs: number): vscode.TreeItem {
  const step = entry.steps[at];
  const state = stepStates(entry)[at] ?? 'next';
  const label = weightText(step?.weight ?? null);
  const left = state === 'current' ? leftText(entry.untilMs, nowMs) : null;
  const hold = step && state === 'next' ? vscode.l10n.t('for {0}', holdText(step.holdMs)) : null;
  const text = [stepText(state), left, hold].filter((part) => part !== null).join(' · ');
  const item = new vscode.TreeItem(label, None);
  item.id = `step ${JSON.stringify([entry.deployment, at])}`;
  item.description = text;
  item.iconPath = stepIcon(state);
  item.contextValue = 'deploymentStep';
  item.tooltip = step
    ? vscode.l10n.t(
        'Green gets {0} of the traffic for {1}, with {2} samples at least.',
        label,
        holdText(step.holdMs),
        formatCount(step.minSamples),
      )
    : label;
  item.accessibilityInformation = {
    label: vscode.l10n.t('Step {0} of {1}, {2}: {3}', at + 1, entry.steps.length, label, text),
  };
  return item;
}

function stepIcon(state: StepState): vscode.ThemeIcon {
  switch (state) {
    case 'passed':
      return new vscode.ThemeIcon('pass', color('testing.iconPassed'));
    case 'current':
      return new vscode.ThemeIcon('eye', color('charts.blue'));
    case 'paused':
      return new vscode.ThemeIcon('debug-pause', color('list.warningForeground'));
    case 'failed':
      return new vscode.ThemeIcon('error', color('list.errorForeground'));
    case 'next':
      return new vscode.ThemeIcon('circle-outline');
  }
}

function evidenceItem(entry: DeploymentEntry): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Evidence'), Collapsed);
  item.id = `evidence ${entry.deployment}`;
  item.description = evidenceText(entry) ?? '';
  item.contextValue = 'deploymentEvidence';
  item.iconPath = clauseIcon(entry.report?.status ?? 'undecided');
  item.tooltip = vscode.l10n.t(
    'What the samples of this step alone come to, and what the gate says of them.',
  );
  item.accessibilityInformation = { label: vscode.l10n.t('Evidence: {0}', item.description) };
  return item;
}

function evidenceFacts({ deployment, report }: DeploymentEntry): DeploymentNode[] {
  if (report === null) return [];
  const { blue, green, minSamples, clauses, status } = report;
  return [
    {
      kind: 'fact',
      id: `${deployment} gate`,
      label: vscode.l10n.t('Gate of this step'),
      text: gateText(status),
      icon: clauseIcon(status),
    },
    ...clauses.map((clause): DeploymentNode => {
      return {
        kind: 'fact',
        id: `${deployment} clause ${clause.name}`,
        label: lineText(clause.name),
        text: lineText(clause.reason),
        icon: clauseIcon(clause.status),
      };
    }),
    ...sideRows(blue, green, minSamples).map((row): DeploymentNode => {
      const text = vscode.l10n.t('green {0} · blue {1}', lineText(row.green), lineText(row.blue));
      return { kind: 'fact', id: `${deployment} row ${row.label}`, label: row.label, text };
    }),
  ];
}

function clauseIcon(status: 'pass' | 'fail' | 'undecided' | 'not-asked'): vscode.ThemeIcon {
  switch (status) {
    case 'pass':
      return new vscode.ThemeIcon('check', color('testing.iconPassed'));
    case 'fail':
      return new vscode.ThemeIcon('error', color('list.errorForeground'));
    case 'undecided':
      return new vscode.ThemeIcon('question', color('list.warningForeground'));
    case 'not-asked':
      return new vscode.ThemeIcon('dash');
  }
}

function journalItem({ deployment, journal }: DeploymentEntry): vscode.TreeItem {
  const last = journal.at(-1);
  const item = new vscode.TreeItem(vscode.l10n.t('Journal'), Collapsed);
  item.id = `journal ${deployment}`;
  item.description = last ? lineText(last.text) : '';
  item.contextValue = 'deploymentJournal';
  item.iconPath = new vscode.ThemeIcon('history');
  item.tooltip = vscode.l10n.t(
    'What happened, the newest first. Each entry was written before it took effect.',
  );
  item.accessibilityInformation = { label: vscode.l10n.t('Journal: {0}', item.description) };
  return item;
}

function journalFacts({ deployment, journal }: DeploymentEntry): DeploymentNode[] {
  return journal.toReversed().map(({ seq, atMs, text, by }): DeploymentNode => {
    const time = new Date(atMs).toLocaleTimeString(vscode.env.language, { hourCycle: 'h23' });
    return {
      kind: 'fact',
      id: `${deployment} entry ${seq}`,
      label: time,
      text: `${lineText(text)} (${lineText(by)})`,
    };
  });
}

function warningItem(text: string, id: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  item.id = id;
  item.tooltip = text;
  item.contextValue = 'deploymentWarning';
  item.iconPath = new vscode.ThemeIcon('warning', color('list.warningForeground'));
  item.accessibilityInformation = { label: vscode.l10n.t('Warning: {0}', text) };
  return item;
}

function factItem({ id, label, text, icon }: Extract<DeploymentNode, { kind: 'fact' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = `fact ${id}`;
  item.description = text;
  // A narrow view cuts the text off.
  item.tooltip = `${label}: ${text}`;
  item.contextValue = 'fact';
  if (icon) item.iconPath = icon;
  item.accessibilityInformation = { label: `${label}: ${text}` };
  return item;
}
