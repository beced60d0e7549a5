import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { WorkspaceListing } from '../views/workspaceListing.ts';
import { ProviderActions } from './providerCommands.ts';
import { ProviderHealthFeed } from './providerHealthFeed.ts';
import { registerProviderStatus } from './providerStatus.ts';
import { ProvidersView } from './providersView.ts';

export interface Providers extends vscode.Disposable {
  readonly view: ProvidersView;
  readonly feed: ProviderHealthFeed;
}

/** The Providers view, its commands, and the warning in the status bar. None of them starts an engine. */
export function registerProviders(
  engine: EngineClient,
  listing: WorkspaceListing,
  output: Output,
): Providers {
  const feed = new ProviderHealthFeed(engine, output);
  const view = new ProvidersView(feed);
  const actions = new ProviderActions(engine, feed);
  const subscriptions = vscode.Disposable.from(
    feed,
    view,
    vscode.window.createTreeView('touchstone.providers', { treeDataProvider: view, showCollapseAll: true }),
    registerProviderStatus(feed),
    // Providers are added and taken away in the configuration.
    listing.onDidChange(() => void feed.reload()),
    registerCommand(
      'touchstone.showProviders',
      async () => {
        await vscode.commands.executeCommand('touchstone.providers.focus');
      },
      output,
    ),
    registerCommand('touchstone.isolateProvider', (given) => actions.isolate(given), output),
    registerCommand('touchstone.resetProvider', (given) => actions.reset(given), output),
    registerCommand('touchstone.changeLimit', (given) => actions.changeLimit(given), output),
    registerCommand('touchstone.clearCache', (given) => actions.clearCache(given), output),
  );

  return { view, feed, dispose: () => subscriptions.dispose() };
}
