import path from 'node:path';
import * as vscode from 'vscode';
import { formatPercent } from '../../engine/model/figures.ts';
import type { PromptTokens } from '../../protocol/tokenCalls.ts';
import { costText, rangeText, tokensText } from '../tokens/tokenText.ts';
import { placeCommand } from './placeCommand.ts';
import { type ProblemNode, problemItem, problemNodes } from './problemItem.ts';
import type { PromptSizes } from './promptSizes.ts';
import type { RunHistory } from './runHistory.ts';
import type { Listing, WorkspaceListing } from './workspaceListing.ts';

type Prompt = Listing['prompts'][number];
type Suite = Listing['suites'][number];

/** `path` (absolute) and `suite` are what commands of menus take. */
export type PromptNode =
  | ProblemNode
  | { kind: 'prompt'; path: string; prompt: Prompt; uses: readonly PromptUse[] }
  | { kind: 'use'; suite: string; use: PromptUse };

/** A target that calls a model with a prompt. */
export interface PromptUse {
  suite: Suite;
  target: Suite['targets'][number];
  /** Where the target is written, absolute. */
  path: string;
}

/** Prompts with their tokens, each with the targets that use it and their pass rates. */
export class PromptsView implements vscode.TreeDataProvider<PromptNode>, vscode.Disposable {
  readonly #listing: WorkspaceListing;
  readonly #history: RunHistory;
  readonly #sizes: PromptSizes;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(listing: WorkspaceListing, history: RunHistory, sizes: PromptSizes) {
    this.#listing = listing;
    this.#history = history;
    this.#sizes = sizes;
    const redraw = () => this.#changed.fire();
    this.#subscriptions = [
      listing.onDidChange(redraw),
      history.onDidChange(({ kind }) => {
        if (kind !== 'progress') redraw();
      }),
      sizes.onDidChange(redraw),
    ];
  }

  async getChildren(parent?: PromptNode): Promise<PromptNode[]> {
    if (parent?.kind === 'use' || parent?.kind === 'problem') return [];
    if (parent) return parent.uses.map((use) => ({ kind: 'use', suite: use.suite.name, use }));
    const listing = await this.#listing.get();
    const { root, prompts, suites } = listing;
    this.#sizes.read(listing);
    const nodes = prompts.map((prompt): PromptNode => {
      const uses = usesOf(prompt.path, { root, suites });
      return { kind: 'prompt', path: path.join(root, prompt.path), prompt, uses };
    });
    return [...problemNodes(listing), ...nodes];
  }

  getTreeItem(node: PromptNode): vscode.TreeItem {
    switch (node.kind) {
      case 'problem':
        return problemItem(node);
      case 'prompt':
        return this.#promptItem(node);
      case 'use':
        return this.#useItem(node);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #promptItem({ path: file, prompt, uses }: PromptNode & { kind: 'prompt' }): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(prompt.name, uses.length > 0 ? Collapsed : None);
    item.id = `prompt ${prompt.path}`;
    item.contextValue = uses.length > 0 ? 'prompt.used' : 'prompt';
    item.resourceUri = vscode.Uri.file(file);
    item.iconPath = new vscode.ThemeIcon('comment-discussion');
    const size = this.#sizes.of(prompt.path);
    item.description = [size ? tokensText(size.total) : '', this.#usesText(uses)].filter(Boolean).join(' · ');
    item.tooltip = [prompt.path, formatText(prompt), ...(size ? [sizeText(size)] : [])].join('\n');
    item.command = placeCommand(file, { line: 1, column: 1 });
    return item;
  }

  #usesText(uses: readonly PromptUse[]): string {
    if (uses.length === 0) return vscode.l10n.t('not used by any suite');
    const rates = uses.map((use) => this.#rateOf(use)).filter((rate) => rate !== null);
    return [...new Set(rates)].map((rate) => formatPercent(rate)).join(', ');
  }

  #useItem({ use }: PromptNode & { kind: 'use' }): vscode.TreeItem {
    const { suite, target } = use;
    const item = new vscode.TreeItem(`${suite.name} · ${target.name}`);
    item.contextValue = 'promptUse';
    item.iconPath = new vscode.ThemeIcon('beaker');
    item.description = formatPercent(this.#rateOf(use));
    item.tooltip = target.calls;
    item.command = placeCommand(use.path, target.location);
    return item;
  }

  /** The pass rate of this target in the last run of the whole suite, 0–1; null when there is none. */
  #rateOf({ suite, target }: PromptUse): number | null {
    const run = this.#history.lastWhole(suite.name);
    const figures = run && this.#history.verdictOf(run.id)?.summary.targets;
    return figures?.find((figure) => figure.target === target.name)?.pass_rate ?? null;
  }
}

function usesOf(wanted: string, { root, suites }: Pick<Listing, 'root' | 'suites'>): PromptUse[] {
  return suites.flatMap((suite) =>
    suite.targets
      .filter(({ prompt }) => prompt === wanted)
      .map((target) => ({ suite, target, path: path.join(root, target.location.path) })),
  );
}

function formatText({ format }: Prompt): string {
  return format === 'unknown' ? vscode.l10n.t('unknown format') : format;
}

/** `~94 tokens with gpt-5-mini (85 to 103), $0.000024 for the input of one call`. */
function sizeText({ total, model, costUsd }: PromptTokens): string {
  const range = rangeText(total);
  const count = vscode.l10n.t('{0} with {1}', tokensText(total), model);
  const cost = vscode.l10n.t('{0} for the input of one call', costText(costUsd));
  return `${count}${range ? ` (${range})` : ''}, ${cost}`;
}
