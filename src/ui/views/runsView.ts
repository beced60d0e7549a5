import * as vscode from 'vscode';
import { formatPercent } from '../../engine/model/figures.ts';
import { trialCount } from '../counts.ts';
import { doneOf, isWhole, passRateOf, type RunHead } from './runFigures.ts';
import type { RunChange, RunHistory, Verdict } from './runHistory.ts';
import { sparkline } from './sparkline.ts';

/** Runs in the line of a suite's pass rates; a line longer than this does not fit beside its name. */
const TREND = 12;

export type RunNode =
  | { kind: 'suite'; suite: string }
  | { kind: 'comparisons' }
  | { kind: 'run'; runId: string };

/** Suites with their evaluations, newest first; then what was run for comparisons, which are none of them. */
export class RunsView implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  readonly #history: RunHistory;
  readonly #nodes = new Map<string, RunNode>();
  readonly #changed = new vscode.EventEmitter<RunNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(history: RunHistory) {
    this.#history = history;
    this.#subscription = history.onDidChange((change) => this.#redraw(change));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async getChildren(parent?: RunNode): Promise<RunNode[]> {
    const runs = await this.#history.get();
    if (!parent) {
      const suites = [...new Set(runs.map(({ suite }) => suite))];
      const nodes = suites.map((suite) => this.#node({ kind: 'suite', suite }));
      const compared = this.#history.comparisons.length > 0;
      return compared ? [...nodes, this.#node({ kind: 'comparisons' })] : nodes;
    }
    return this.#runsBelow(parent).map(({ id }) => this.#node({ kind: 'run', runId: id }));
  }

  #runsBelow(parent: RunNode): readonly RunHead[] {
    switch (parent.kind) {
      case 'suite':
        return this.#history.known.filter(({ suite }) => suite === parent.suite);
      case 'comparisons':
        return this.#history.comparisons;
      case 'run':
        return [];
    }
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    if (node.kind === 'suite') return this.#suiteItem(node.suite);
    if (node.kind === 'comparisons') return comparisonsItem();
    const run = this.#history.known.find(({ id }) => id === node.runId);
    if (run) return runItem(run, this.#history.verdictOf(run.id));
    const compared = this.#history.comparisons.find(({ id }) => id === node.runId);
    return compared ? comparisonItem(compared) : new vscode.TreeItem(node.runId);
  }

  /** Only what is shown otherwise: a row that is drawn anew under the pointer cannot be clicked. */
  #redraw(change: RunChange): void {
    this.#changed.fire(change.kind === 'runs' ? undefined : this.#node({ kind: 'run', runId: change.runId }));
  }

  /** One object for each node, as the editor asks for. */
  #node(node: RunNode): RunNode {
    const key = keyOf(node);
    const known = this.#nodes.get(key) ?? node;
    this.#nodes.set(key, known);
    return known;
  }

  #suiteItem(suite: string): vscode.TreeItem {
    const runs = this.#history.known.filter((run) => run.suite === suite);
    const whole = runs.filter((run) => run.state === 'complete' && isWhole(run)).slice(0, TREND);
    const item = new vscode.TreeItem(suite, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `suite ${suite}`;
    item.contextValue = 'suite';
    item.iconPath = new vscode.ThemeIcon('beaker');
    const rates = whole.map(passRateOf);
    // One bar alone tells nothing.
    const trend = rates.length > 1 ? sparkline(rates.toReversed()) : '';
    item.description = [trend, formatPercent(rates[0] ?? null)].filter(Boolean).join(' ');
    item.tooltip = trendText(whole.length);
    return item;
  }
}

function trendText(runs: number): string {
  switch (runs) {
    case 0:
      return vscode.l10n.t('No run of the whole suite is complete');
    case 1:
      return vscode.l10n.t('Pass rate of the last run of the whole suite');
    default:
      return vscode.l10n.t('Pass rates of the last {0} runs of the whole suite, oldest first', runs);
  }
}

function keyOf(node: RunNode): string {
  switch (node.kind) {
    case 'suite':
      return `suite ${node.suite}`;
    case 'comparisons':
      return node.kind;
    case 'run':
      return `run ${node.runId}`;
  }
}

function runItem(run: RunHead, verdict: Verdict | undefined): vscode.TreeItem {
  const text = runText(run);
  const item = itemOf(run, text);
  item.contextValue = `run.${run.state}`;
  item.iconPath = runIcon(run, verdict);
  item.tooltip = [
    ...factsOf(run, text),
    ...(run.stopped === undefined ? [] : [run.stopped]),
    ...(verdict?.gate?.clauses ?? [])
      .filter(({ status }) => status !== 'not-asked')
      .map(({ name, status, reason }) => `${status === 'pass' ? '✓' : '✗'} ${name}: ${reason}`),
    run.id,
  ].join('\n');
  return item;
}

function comparisonsItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Comparisons'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = 'comparisons';
  item.iconPath = new vscode.ThemeIcon('git-compare');
  item.tooltip = vscode.l10n.t('Runs made for comparisons. They do not count as runs or in trends.');
  return item;
}

/** Both sides are in one run: its counts are those of neither, and no pass rate is shown. */
function comparisonItem(run: RunHead): vscode.TreeItem {
  const { baseline = '', candidate = '' } = run.comparison ?? {};
  const sides = vscode.l10n.t('{0}, {1} ↔ {2}', run.suite, baseline, candidate);
  const text = `${sides} · ${comparisonText(run)}`;
  const item = itemOf(run, text);
  item.contextValue = run.state === 'running' ? 'run.running' : 'run.comparison';
  item.iconPath = run.state === 'complete' ? new vscode.ThemeIcon('git-compare') : runIcon(run, undefined);
  item.tooltip = [...factsOf(run, text), run.id].join('\n');
  return item;
}

function itemOf(run: RunHead, text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(startText(run.created_at));
  item.id = `run ${run.id}`;
  item.description = text;
  // Without arguments: the editor forgets those of a row that is drawn anew while it is clicked.
  item.command = { command: 'touchstone.openSelectedRun', title: vscode.l10n.t('Open Report') };
  item.accessibilityInformation = { label: `${run.suite}, ${item.label}, ${text}` };
  return item;
}

function factsOf({ suite, dataset, targets }: RunHead, text: string): string[] {
  return [`${suite} · ${dataset.path} ${dataset.version}`, targets.map(({ name }) => name).join(', '), text];
}

function comparisonText(run: RunHead): string {
  const done = doneOf(run);
  switch (run.state) {
    case 'running':
      return vscode.l10n.t('running, {0} of {1}', done, run.trials);
    case 'interrupted':
      return vscode.l10n.t('interrupted at {0} of {1}', done, run.trials);
    case 'complete':
      return [...(run.word ? [run.word] : []), trialCount(done)].join(' · ');
  }
}

function runText(run: RunHead): string {
  const done = doneOf(run);
  const { passed, failed, errored } = run.counts;
  const figures = [
    vscode.l10n.t('{0} of {1} passed', passed, done),
    ...(failed > 0 ? [vscode.l10n.t('{0} failed', failed)] : []),
    ...(errored > 0 ? [vscode.l10n.t('{0} errored', errored)] : []),
  ];
  switch (run.state) {
    case 'running':
      return [vscode.l10n.t('running, {0} of {1}', done, run.trials), ...figures.slice(1)].join(' · ');
    case 'interrupted':
      return vscode.l10n.t('interrupted at {0} of {1}', done, run.trials);
    case 'complete':
      return [formatPercent(passRateOf(run)), ...figures].join(' · ');
  }
}

/** The gate's word where it is known; without it only a run without any failure shows a verdict. */
function runIcon(run: RunHead, verdict: Verdict | undefined): vscode.ThemeIcon {
  const color = (id: string) => new vscode.ThemeColor(id);
  if (run.state === 'running') return new vscode.ThemeIcon('loading~spin');
  if (run.state === 'interrupted') return new vscode.ThemeIcon('debug-pause', color('testing.iconSkipped'));
  const passed = verdict?.passed ?? run.passed;
  if (passed === true) return new vscode.ThemeIcon('pass', color('testing.iconPassed'));
  if (passed === false) return new vscode.ThemeIcon('error', color('testing.iconFailed'));
  const spotless = doneOf(run) > 0 && run.counts.passed === doneOf(run);
  return spotless
    ? new vscode.ThemeIcon('pass', color('testing.iconPassed'))
    : new vscode.ThemeIcon('circle-outline');
}

/** The time alone for a run of today. */
function startText(created: string): string {
  const date = new Date(created);
  const today = date.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(vscode.env.language, {
    ...(today ? {} : { dateStyle: 'medium' }),
    timeStyle: today ? 'medium' : 'short',
  });
  return format.format(date);
}
