import * as vscode from 'vscode';
import {
  type FromDeploymentPage,
  fromDeploymentPage,
  type ToDeploymentPage,
} from '../../webview/deployment/deploymentMessages.ts';
import { readDeploymentViewState } from '../../webview/deployment/deploymentViewState.ts';
import type { Output } from '../output/output.ts';
import { lineText } from '../output/plainText.ts';
import { webviewPage } from '../webviewPage.ts';
import type { DeploymentFeed } from './deploymentFeed.ts';

export interface DeploymentPanelOptions {
  feed: DeploymentFeed;
  output: Output;
  /** Folder of the page's bundle; nothing else can be loaded in the panel. */
  bundle: vscode.Uri;
  deployment: string;
}

/** Of what the page kept, whose deployment it was. */
export function deploymentOf(state: unknown): string {
  return readDeploymentViewState(state).deployment;
}

/** The panel of one deployment, live. */
export class DeploymentPanel {
  readonly panel: vscode.WebviewPanel;
  readonly #options: DeploymentPanelOptions;

  constructor(panel: vscode.WebviewPanel, options: DeploymentPanelOptions) {
    this.panel = panel;
    this.#options = options;
    const { feed, bundle, deployment } = options;
    const { webview } = panel;
    panel.title = vscode.l10n.t('Deployment {0}', lineText(deployment));
    webview.options = { enableScripts: true, localResourceRoots: [bundle] };
    const subscriptions = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      feed.onDidChange(() => this.#send()),
    );
    panel.onDidDispose(() => subscriptions.dispose());
    webview.html = webviewPage(webview, bundle, {
      script: 'deployment.js',
      element: 'touchstone-deployment',
    });
  }

  #receive(raw: unknown): void {
    const read = fromDeploymentPage.safeParse(raw);
    if (!read.success) {
      this.#options.output.log('warn', `invalid message from the deployment page: ${read.error.message}`);
      return;
    }
    this.#handle(read.data).catch((error: unknown) => this.#options.output.showError(error));
  }

  async #handle(message: FromDeploymentPage): Promise<void> {
    const { deployment, feed } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#send();
        // After a reload nothing was asked for yet.
        return feed.look();
      case 'act':
        await vscode.commands.executeCommand(commandOf(message.action), { deployment });
        return;
      case 'open-trace':
        await vscode.commands.executeCommand('touchstone.traces.open', { traceId: message.traceId });
        return;
    }
  }

  #send(): void {
    const { feed, deployment } = this.#options;
    const entry = feed.entry(deployment);
    const message: ToDeploymentPage = entry ? { type: 'deployment', entry } : { type: 'absent', deployment };
    // A panel that was closed meanwhile takes nothing; that is no fault.
    void this.panel.webview.postMessage(message).then(undefined, () => {});
  }
}

function commandOf(action: Extract<FromDeploymentPage, { type: 'act' }>['action']): string {
  return action === 'abort' ? 'touchstone.deploy.rollback' : `touchstone.deploy.${action}`;
}
