import * as vscode from 'vscode';
import { registerCommand, setContext } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { WorkspaceListing } from '../views/workspaceListing.ts';
import { createRelease } from './createRelease.ts';
import { DeploymentActions } from './deploymentActions.ts';
import { DeploymentFeed } from './deploymentFeed.ts';
import { registerDeploymentNotices } from './deploymentNotices.ts';
import type { DeploymentPanel } from './deploymentPanel.ts';
import { registerDeploymentStatus } from './deploymentStatus.ts';
import { DeploymentsView } from './deploymentsView.ts';

/** As package.json has it among the activation events. */
const VIEW_TYPE = 'touchstone.deployment';

interface Ports {
  engine: EngineClient;
  listing: WorkspaceListing;
  memory: vscode.Memento;
  output: Output;
  extensionUri: vscode.Uri;
}

export interface Deployments extends vscode.Disposable {
  readonly feed: DeploymentFeed;
  readonly view: DeploymentsView;
}

/** The Deployments view, its commands and panel, notifications, and the status bar. None of them starts anything by itself. */
export function registerDeployments({ engine, listing, memory, output, extensionUri }: Ports): Deployments {
  const feed = new DeploymentFeed(engine, listing, output);
  const view = new DeploymentsView(feed);
  const actions = new DeploymentActions({ engine, feed });
  const panels = new Panels({ feed, output, extensionUri });
  const tree = vscode.window.createTreeView('touchstone.deployments', {
    treeDataProvider: view,
    showCollapseAll: true,
  });
  const tick = (): void => {
    if (tree.visible) view.tick();
  };
  const tell = (): void => {
    void setContext('touchstone.deployments', stateOf(feed));
    void setContext(
      'touchstone.deploymentActions',
      [...new Set(feed.entries.flatMap((entry) => entry.actions))].join(' '),
    );
  };
  tell();

  const subscriptions = vscode.Disposable.from(
    feed,
    view,
    tree,
    registerDeploymentStatus(feed, tick),
    registerDeploymentNotices({ feed, memory, output }),
    feed.onDidChange(tell),
    tree.onDidChangeVisibility(({ visible }) => {
      // What the view holds is asked for once somebody looks.
      if (visible) void feed.look();
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, panels),
    registerCommand('touchstone.createRelease', (given) => createRelease(given, { engine, listing }), output),
    registerCommand('touchstone.deploy.start', (given) => actions.start(given), output),
    registerCommand('touchstone.deploy.promote', (given) => actions.act('promote', given), output),
    registerCommand('touchstone.deploy.pause', (given) => actions.act('pause', given), output),
    registerCommand('touchstone.deploy.resume', (given) => actions.act('resume', given), output),
    registerCommand('touchstone.deploy.rollback', (given) => actions.rollBack(given), output),
    registerCommand('touchstone.deploy.decommission', (given) => actions.act('decommission', given), output),
    registerCommand(
      'touchstone.deploy.show',
      async (given) => {
        const deployment = await actions.pick(given);
        if (deployment !== undefined) await panels.show(deployment);
      },
      output,
    ),
  );
  return { feed, view, dispose: () => subscriptions.dispose() };
}

function stateOf({
  running,
  entries,
  configured,
}: DeploymentFeed): 'running' | 'ended' | 'configured' | 'none' {
  if (running.length > 0) return 'running';
  if (entries.length > 0) return 'ended';
  return configured.length > 0 ? 'configured' : 'none';
}

/** One panel a deployment, which the editor restores after a reload. */
class Panels implements vscode.WebviewPanelSerializer {
  readonly #ports: { feed: DeploymentFeed; output: Output; extensionUri: vscode.Uri };
  readonly #open = new Map<string, DeploymentPanel>();

  constructor(ports: { feed: DeploymentFeed; output: Output; extensionUri: vscode.Uri }) {
    this.#ports = ports;
  }

  async show(deployment: string): Promise<void> {
    const open = this.#open.get(deployment);
    if (open) open.panel.reveal();
    else
      await this.#adopt(
        vscode.window.createWebviewPanel(VIEW_TYPE, deployment, vscode.ViewColumn.Active),
        deployment,
      );
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { deploymentOf } = await import('./deploymentPanel.ts');
    await this.#adopt(panel, deploymentOf(state));
  }

  async #adopt(panel: vscode.WebviewPanel, deployment: string): Promise<void> {
    // The contract with the page costs some time to load, which a window without a deployment need not pay.
    const { DeploymentPanel } = await import('./deploymentPanel.ts');
    const bundle = vscode.Uri.joinPath(this.#ports.extensionUri, 'dist', 'webview');
    const opened = new DeploymentPanel(panel, { ...this.#ports, bundle, deployment });
    this.#open.set(deployment, opened);
    panel.onDidDispose(() => {
      if (this.#open.get(deployment) === opened) this.#open.delete(deployment);
    });
  }
}
