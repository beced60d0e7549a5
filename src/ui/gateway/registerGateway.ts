import * as vscode from 'vscode';
import { registerCommand, setContext } from '../commands.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { GatewayActions } from './gatewayActions.ts';
import type { GatewayFeed } from './gatewayFeed.ts';
import { registerGatewayStatus } from './gatewayStatus.ts';
import { GatewayView } from './gatewayView.ts';

interface Ports {
  engine: EngineClient;
  feed: GatewayFeed;
  settings: Settings;
  preview: EditPreview;
  output: Output;
}

export interface Gateway extends vscode.Disposable {
  readonly feed: GatewayFeed;
  readonly view: GatewayView;
}

/** The Gateway view, its commands, and what the status bar shows while it runs. None of them starts anything by itself. */
export function registerGateway({ engine, feed, settings, preview, output }: Ports): Gateway {
  const view = new GatewayView(feed);
  const actions = new GatewayActions({ engine, feed, settings, preview });
  const tell = (): void => {
    setContext('touchstone.gateway', feed.state.state).then(undefined, (error: unknown) =>
      output.log('debug', String(error)),
    );
  };
  tell();
  const subscriptions = vscode.Disposable.from(
    feed,
    view,
    vscode.window.createTreeView('touchstone.gateway', { treeDataProvider: view, showCollapseAll: true }),
    registerGatewayStatus(feed),
    feed.onDidChange(tell),
    registerCommand(
      'touchstone.gateway.show',
      async () => {
        await vscode.commands.executeCommand('touchstone.gateway.focus');
      },
      output,
    ),
    registerCommand('touchstone.gateway.start', () => actions.start(), output),
    registerCommand('touchstone.gateway.stop', () => actions.stop(), output),
    registerCommand('touchstone.gateway.mirror', (given) => actions.mirror(given), output),
    registerCommand('touchstone.gateway.stopMirroring', (given) => actions.stopMirroring(given), output),
    registerCommand('touchstone.gateway.setWeights', (given) => actions.setWeights(given), output),
    registerCommand('touchstone.gateway.openComparison', (given) => actions.openComparison(given), output),
    registerCommand('touchstone.gateway.promotePairs', (given) => actions.promotePairs(given), output),
    registerCommand('touchstone.gateway.copyEnvironment', () => actions.copyEnvironment(), output),
  );
  return { feed, view, dispose: () => subscriptions.dispose() };
}
