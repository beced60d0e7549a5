import * as vscode from 'vscode';
import { placeCommand } from './placeCommand.ts';
import { percent } from './runFigures.ts';
import type { RunHistory } from './runHistory.ts';
import type { Listing, WorkspaceListing } from './workspaceListing.ts';

type Prompt = Listing['prompts'][number];
type Suite = Listing['suites'][number];
export type PromptNode =
  | { kind: 'prompt'; root: string; prompt: Prompt; uses: readonly PromptUse[] }
  | { kind: 'use'; root: string; use: PromptUse };

/** A target that calls a model with a prompt. */
export interface PromptUse {
  suite: Suite;
  target: Suite['targets'][number];
}

/** Prompts, each with the targets that use it. */
export class PromptsView implements vscode.TreeDataProvider<PromptNode>, vscode.Disposable {
  readonly #listing: WorkspaceListing;
  readonly #history: RunHistory;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(listing: WorkspaceListing, history: RunHistory) {
    this.#listing = listing;
    this.#history = history;
    const redraw = () => this.#changed.fire();
    this.#subscriptions = [listing.onDidChange(redraw), history.onDidChange(redraw)];
  }

  async getChildren(parent?: PromptNode): Promise<PromptNode[]> {
    if (parent?.kind === 'use') return [];
    if (parent) return parent.uses.map((use) => ({ kind: 'use', root: parent.root, use }));
    const { root, prompts, suites } = await this.#listing.get();
    return prompts.map((prompt) => ({ kind: 'prompt', root, prompt, uses: usesOf(prompt.path, suites) }));
  }

  getTreeItem(node: PromptNode): vscode.TreeItem {
    return node.kind === 'prompt' ? this.#promptItem(node) : this.#useItem(node);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #promptItem({ root, prompt, uses }: PromptNode & { kind: 'prompt' }): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(prompt.name, uses.length > 0 ? Collapsed : None);
    item.id = `prompt ${prompt.path}`;
    item.contextValue = uses.length > 0 ? 'prompt.used' : 'prompt';
    item.resourceUri = vscode.Uri.joinPath(vscode.Uri.file(root), prompt.path);
    item.iconPath = new vscode.ThemeIcon('comment-discussion');
    const rates = uses.map((use) => this.#rateOf(use)).filter((rate) => rate !== null);
    item.description =
      uses.length === 0
        ? vscode.l10n.t('in no suite')
        : [...new Set(rates)].map((rate) => percent(rate, vscode.env.language)).join(', ');
    item.tooltip = [prompt.path, formatText(prompt)].join('\n');
    item.command = placeCommand(root, { path: prompt.path, line: 1, column: 1 });
    return item;
  }

  #useItem({ root, use }: PromptNode & { kind: 'use' }): vscode.TreeItem {
    const { suite, target } = use;
    const item = new vscode.TreeItem(`${suite.name} · ${target.name}`);
    item.contextValue = 'promptUse';
    item.iconPath = new vscode.ThemeIcon('beaker');
    item.description = percent(this.#rateOf(use), vscode.env.language);
    item.tooltip = target.calls;
    item.command = placeCommand(root, target.location);
    return item;
  }

  /** The pass rate of this target in the last run of the whole suite, 0–1; null when there is none. */
  #rateOf({ suite, target }: PromptUse): number | null {
    const run = this.#history.lastWhole(suite.name);
    const figures = run && this.#history.verdictOf(run.id)?.summary.targets;
    return figures?.find((figure) => figure.target === target.name)?.pass_rate ?? null;
  }
}

function usesOf(path: string, suites: readonly Suite[]): PromptUse[] {
  return suites.flatMap((suite) =>
    suite.targets.filter(({ prompt }) => prompt === path).map((target) => ({ suite, target })),
  );
}

function formatText({ format }: Prompt): string {
  return format === 'unknown' ? vscode.l10n.t('unknown format') : format;
}
