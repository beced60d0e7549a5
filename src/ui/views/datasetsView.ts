import path from 'node:path';
import * as vscode from 'vscode';
import type { DriftEntry } from '../../protocol/datasetCalls.ts';
import { caseCount } from '../counts.ts';
import type { DatasetFact, DatasetFacts } from './datasetFacts.ts';
import { placeCommand } from './placeCommand.ts';
import { type ProblemNode, problemItem, problemNodes } from './problemItem.ts';
import type { WorkspaceListing } from './workspaceListing.ts';

export type DatasetNode = ProblemNode | DatasetFile;

interface DatasetFile {
  kind: 'dataset';
  /** Absolute, as commands of menus take it. */
  path: string;
  /** Relative to the workspace. */
  name: string;
  /** Names of the suites that run over it. */
  suites: readonly string[];
}

/** Datasets with their version, size, and what changed in them since the last commit. */
export class DatasetsView implements vscode.TreeDataProvider<DatasetNode>, vscode.Disposable {
  readonly #listing: WorkspaceListing;
  readonly #facts: DatasetFacts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.#changed.event;
  #read: unknown;

  constructor(listing: WorkspaceListing, facts: DatasetFacts) {
    this.#listing = listing;
    this.#facts = facts;
    const redraw = () => this.#changed.fire();
    this.#subscriptions = [listing.onDidChange(redraw), facts.onDidChange(redraw)];
  }

  async getChildren(parent?: DatasetNode): Promise<DatasetNode[]> {
    if (parent) return [];
    const listing = await this.#listing.get();
    // Once for each listing: the view is drawn anew when a fact comes in.
    if (this.#read !== listing) this.#facts.read(listing.datasets);
    this.#read = listing;
    const nodes = listing.datasets.map(
      (name): DatasetNode => ({
        kind: 'dataset',
        path: path.join(listing.root, name),
        name,
        suites: listing.suites.filter(({ datasets }) => datasets.includes(name)).map((suite) => suite.name),
      }),
    );
    return [...problemNodes(listing), ...nodes];
  }

  getTreeItem(node: DatasetNode): vscode.TreeItem {
    if (node.kind === 'problem') return problemItem(node);
    const { path: file, name, suites } = node;
    const fact = this.#facts.of(name);
    const item = new vscode.TreeItem(path.basename(file));
    item.id = `dataset ${name}`;
    item.resourceUri = vscode.Uri.file(file);
    item.contextValue = contextOf(fact, suites.length > 0);
    const broken = fact && 'problem' in fact.details;
    item.iconPath = broken
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : new vscode.ThemeIcon('database');
    item.description = fact ? factText(fact) : '';
    item.tooltip = [name, ...(fact ? tooltipLines(fact) : []), suitesText(suites)].join('\n');
    item.command = placeCommand(file, { line: 1, column: 1 });
    return item;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

/** `dataset`, with `.old` for an older schema and `.used` where a suite runs over it. */
function contextOf(fact: DatasetFact | undefined, isUsed: boolean): string {
  const isOld = fact && !('problem' in fact.details) && fact.details.schemaVersion.startsWith('1.');
  return `dataset${isOld ? '.old' : ''}${isUsed ? '.used' : ''}`;
}

function suitesText(suites: readonly string[]): string {
  return suites.length === 0
    ? vscode.l10n.t('Not used by any suite')
    : vscode.l10n.t('Suites: {0}', suites.join(', '));
}

function factText({ details, drift }: DatasetFact): string {
  if ('problem' in details) return vscode.l10n.t('cannot be used');
  const { version, schemaVersion, count } = details;
  const cases = caseCount(count);
  const schema = vscode.l10n.t('schema {0}', schemaVersion);
  return [version, cases, shortDrift(drift), schema].filter(Boolean).join(' · ');
}

function tooltipLines({ details, drift }: DatasetFact): string[] {
  if ('problem' in details) return [details.problem];
  return [details.name, ...(drift ? driftLines(drift) : [])];
}

/** `+2 −1 ~3`: added, removed, changed cases since the last commit. */
function shortDrift(drift: DriftEntry | undefined): string {
  if (drift?.state === 'new') return vscode.l10n.t('new');
  if (drift?.state !== 'changed') return '';
  const { added, removed, changed, version } = drift;
  const parts = [added && `+${added}`, removed && `−${removed}`, changed && `~${changed}`];
  const counts = parts.filter(Boolean).join(' ') || vscode.l10n.t('edited');
  return version.enough ? counts : `${counts} ⚠`;
}

function driftLines(drift: DriftEntry): string[] {
  switch (drift.state) {
    case 'unchanged':
      return [vscode.l10n.t('Same as in the last commit')];
    case 'new':
      return [vscode.l10n.t('Not in the last commit')];
    case 'unknown':
      return [vscode.l10n.t('Not compared with the last commit: {0}', drift.reason)];
    case 'changed': {
      const { added, removed, changed, version } = drift;
      const line = vscode.l10n.t(
        'Since the last commit: {0} added, {1} removed, {2} changed',
        added,
        removed,
        changed,
      );
      if (version.enough || !version.suggested) return [line];
      return [line, vscode.l10n.t('The version should be {0}', version.suggested)];
    }
  }
}
