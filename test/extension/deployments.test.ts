import assert from 'node:assert/strict';
import { after, before, describe } from 'mocha';
import * as vscode from 'vscode';
import type { ServicesState } from '../../src/protocol/receiverCalls.ts';
import type { DeploymentNode } from '../../src/ui/deployments/deploymentsView.ts';
import * as entries from '../support/deploy/deploymentEntries.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { activated } from './support/activated.ts';
import { itTrusted, itUntrusted } from './support/trust.ts';
import { writeWorkspace } from './support/workspace.ts';

const CONFIG = `suites:
  orders:
    dataset: live.golden.yaml
    targets: [ { echo: true } ]
    evaluators: [ icontains: hello ]
    gate: { min_pass_rate: 1 }
gateway:
  routes:
    support: { to: { url: http://127.0.0.1:9 } }
deployments:
  support:
    route: support
    suite: orders
    versions: { newer: { url: http://127.0.0.1:10 } }
`;
const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: a, input: hello }\n';

describe('deployments in the editor', () => {
  let restore: () => void;
  before(async () => {
    restore = writeWorkspace({ 'touchstone.yaml': CONFIG, 'live.golden.yaml': DATASET });
    await (await activated()).engine.restart();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restore();
    await (await activated()).engine.restart();
  });

  async function tell(...shown: (typeof entries.watching)[]): Promise<void> {
    const { deployments } = await activated();
    const status = { deployments: { entries: shown, problems: [] } };
    deployments.feed.put({ state: 'attached', status } as unknown as ServicesState);
  }
  /** Labels and descriptions below a node, as the view shows them. */
  async function rows(parent?: DeploymentNode): Promise<string[]> {
    const { view } = (await activated()).deployments;
    return view.getChildren(parent).map((node) => {
      const { label, description } = view.getTreeItem(node);
      return `${String(label)} ${String(description ?? '')}`;
    });
  }
  const panels = () =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.filter(
        ({ input }) =>
          input instanceof vscode.TabInputWebview && /touchstone\.deployment$/.test(input.viewType),
      ),
    );

  itTrusted('lists what is configured, with what can be brought forward', async () => {
    const { deployments } = await activated();
    await tell();
    await deployments.feed.look();
    assert.deepEqual(await rows(), ['support not begun']);
    const [node] = deployments.view.getChildren();
    assert.deepEqual(await rows(node), ['Steers route support of the gateway', 'newer HTTP agent']);
  });

  itTrusted('shows steps, evidence and journal, and what a person may do', async () => {
    const { view } = (await activated()).deployments;
    await tell(entries.watching);
    const [node] = view.getChildren();
    assert.ok(node);
    const item = view.getTreeItem(node);
    assert.match(String(item.description), /^watching at 10 % · .* · support-2 → support-3$/);
    assert.equal(item.contextValue, 'deployment.pause.promote.abort.rollback');
    const shown = await rows(node);
    assert.equal(shown[0], '1 % passed');
    assert.match(shown[1] ?? '', /^10 % watched/);
    assert.match(shown.at(-2) ?? '', /^Evidence 34 of 30 samples · gate undecided$/);
    assert.match(shown.at(-1) ?? '', /^Journal weights read back/);
    assert.match((await rows(view.getChildren(node).at(-2))).join('\n'), /max_error_increase at most/);

    await tell(entries.rolledBack);
    assert.equal(view.getTreeItem(node).contextValue, 'deployment');
  });

  itTrusted('opens one panel for a deployment', async () => {
    await tell(entries.watching);
    await vscode.commands.executeCommand('touchstone.deploy.show', { deployment: 'support' });
    await eventually(() => assert.equal(panels().length, 1));
    await vscode.commands.executeCommand('touchstone.deploy.show');
    assert.equal(panels().length, 1);
    assert.equal(panels()[0]?.label, 'Deployment support');
  });

  itTrusted('asks nothing of a deployment that it makes no sense for', async () => {
    await tell(entries.rolledBack);
    // It ends once the person has read why.
    void vscode.commands.executeCommand('touchstone.deploy.pause', { deployment: 'support' });
    const { engine, deployments } = await activated();
    await engine.call('workspace/list', {});
    assert.equal(deployments.feed.entry('support')?.phase, 'rolled-back');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  itUntrusted('begins nothing where the workspace is not trusted', async () => {
    void vscode.commands.executeCommand('touchstone.deploy.start', { deployment: 'support' });
    const { engine } = await activated();
    await assert.rejects(engine.call('deployment/plan', { deployment: 'support', to: 'newer' }), /trusted/);
    await assert.rejects(engine.call('deployment/look', {}), /trusted/);
  });
});
