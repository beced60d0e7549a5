import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { GatewayFeed } from '../gateway/gatewayFeed.ts';
import type { ViewId } from '../ids.ts';
import type { Output } from '../output/output.ts';
import { runFrom } from '../report/runArgument.ts';
import type { Settings } from '../settings/settings.ts';
import { DatasetFacts } from './datasetFacts.ts';
import { DatasetsView } from './datasetsView.ts';
import { FailingFiles } from './failingFiles.ts';
import { PromptSizes } from './promptSizes.ts';
import { PromptsView } from './promptsView.ts';
import { deleteRun } from './runCommands.ts';
import { RunHistory } from './runHistory.ts';
import { RunsView } from './runsView.ts';
import type { WorkspaceListing } from './workspaceListing.ts';

export interface ViewPorts {
  engine: EngineClient;
  listing: WorkspaceListing;
  settings: Settings;
  output: Output;
  /** Tells of pairs that the gateway's process has stored. */
  gateway: GatewayFeed;
}

/** The store changes many times a second while a run goes on; in milliseconds. */
const FOLLOW_MS = 1_000;

/** The views of the activity bar, and the marks on files. None of them starts the engine before it is looked at. */
export function registerViews({ engine, listing, settings, output, gateway }: ViewPorts): vscode.Disposable {
  const history = new RunHistory(engine, output);
  const facts = new DatasetFacts(engine, output);
  const sizes = new PromptSizes(engine, settings, output);
  const prompts = new PromptsView(listing, history, sizes);
  const datasets = new DatasetsView(listing, facts);
  const show = (id: ViewId, treeDataProvider: vscode.TreeDataProvider<unknown>) =>
    vscode.window.createTreeView(id, { treeDataProvider, showCollapseAll: id !== 'touchstone.datasets' });
  const runs = new RunsView(history);
  const runsTree = show('touchstone.runs', guarded(runs, output));
  const refresh = (): void => {
    listing.refresh();
    void history.reload();
  };
  return vscode.Disposable.from(
    history,
    facts,
    sizes,
    prompts,
    datasets,
    new FailingFiles(listing, history),
    show('touchstone.prompts', guarded(prompts, output)),
    show('touchstone.datasets', guarded(datasets, output)),
    runs,
    runsTree,
    registerCommand('touchstone.openSelectedRun', () => openSelected(runsTree), output),
    followOthers(runsTree, history, gateway),
    registerCommand('touchstone.refreshViews', refresh, output),
    registerCommand(
      'touchstone.deleteRun',
      async (given) => {
        if (await deleteRun(given, engine)) await history.reload();
      },
      output,
    ),
    // The same command under the name that it has for a run of the view.
    registerCommand(
      'touchstone.repeatRun',
      async (given) => {
        const run = await runFrom(given, engine);
        if (run) await vscode.commands.executeCommand('touchstone.rerunLast', { runId: run.runId });
      },
      output,
    ),
  );
}

/** What is clicked in the view is what is selected in it. */
async function openSelected(tree: vscode.TreeView<unknown>): Promise<void> {
  const [selected] = tree.selection;
  if (selected) await vscode.commands.executeCommand('touchstone.openReport', selected);
}

/** Runs of a terminal or another window are told by nobody: the store's file changes. */
function followOthers(
  tree: vscode.TreeView<unknown>,
  history: RunHistory,
  gateway: GatewayFeed,
): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/.touchstone/touchstone.db*');
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (tree.visible) void history.reload();
  };
  const touched = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      look();
    }, FOLLOW_MS);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(touched),
    watcher.onDidChange(touched),
    watcher.onDidDelete(touched),
    gateway.onDidStore(touched),
    tree.onDidChangeVisibility(look),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

/** What keeps a view from being filled is said once, and the view stays empty. */
function guarded<T>(provider: vscode.TreeDataProvider<T>, output: Output): vscode.TreeDataProvider<T> {
  const { onDidChangeTreeData } = provider;
  return {
    ...(onDidChangeTreeData ? { onDidChangeTreeData } : {}),
    getTreeItem: (node) => provider.getTreeItem(node),
    getChildren: async (node) => {
      try {
        return (await provider.getChildren(node)) ?? [];
      } catch (error) {
        output.log('warn', error instanceof Error ? error.message : String(error));
        return [];
      }
    },
  };
}
