import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { servicesFiles } from '../../src/engine/attach/servicesFiles.ts';
import { readLease } from '../../src/engine/attach/servicesLease.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { Customers, deployedWorkspace, olderAgent } from '../support/deploy/deployedAgents.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { type Theme, Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

describe('journey: the next version step by step', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  async function open(theme: Theme, viewport: { width: number; height: number }) {
    await using opened = new AsyncDisposableStack();
    const older = opened.use(await olderAgent());
    const workbench = opened.use(
      await Workbench.open({
        folder: temporaryFolder(deployedWorkspace(older.url)),
        settings: { 'touchstone.traces.port': 0, 'touchstone.gateway.port': 0 },
        theme,
        viewport,
      }),
    );
    const { page, folder } = workbench;
    // Before the workspace is gone, also where what follows fails.
    opened.defer(async () => void (await stopServices(folder, systemClock)));

    await workbench.runCommand('Touchstone: Start Gateway…');
    await page
      .locator('.statusbar-item', { hasText: /Gateway :\d+/ })
      .first()
      .waitFor({ timeout: 60_000 });
    const lease = await eventually(() => readLease(servicesFiles(folder).lease)?.gateway ?? assert.fail());
    const customers = new Customers({ endpoint: `http://127.0.0.1:${lease.port}`, token: lease.token });
    opened.defer(() => customers.stop());
    const world = opened.move();

    return {
      ...{ workbench, customers, older, page },
      /** From the palette, with the confirmation that shows what is steered. */
      async deploy(version: string): Promise<void> {
        await workbench.runCommand('Touchstone: Deploy…');
        await workbench.accept(version);
        const dialog = page.locator('.monaco-dialog-box');
        await dialog.waitFor();
        await dialog
          .getByText(/Steers .*route.*desk/)
          .first()
          .waitFor();
        await workbench.screenshot(`deployment-confirm-${version}`);
        await dialog.getByRole('button', { name: 'Deploy' }).click();
      },
      [Symbol.asyncDispose]: () => world.disposeAsync(),
    };
  }

  it('brings a good version to 100 %, with its steps in the view, the panel and the status bar', async () => {
    await using world = await open('Default Light Modern', { width: 1400, height: 900 });
    const { workbench, page, customers, older } = world;
    await world.deploy('polite');
    const panel = await workbench.webview('touchstone-deployment');
    await panel.locator('[aria-current=step]').first().waitFor({ timeout: 30_000 });
    await page.locator('.statusbar-item', { hasText: /desk/ }).first().waitFor();
    await workbench.screenshot('deployment-watching');
    await page.locator('.pane-header', { hasText: 'Deployments' }).first().click();
    await page.locator('.monaco-list-row[aria-label^="Deployment desk"]').first().waitFor();
    await workbench.screenshot('deployment-view');

    await panel
      .getByRole('status')
      .filter({ hasText: /^done$/ })
      .waitFor({ timeout: 60_000 });
    await workbench.notification(/is done|is at 100 %/);
    await workbench.screenshot('deployment-done');
    const drained = older.requests;
    const before = customers.answered;
    await eventually(() => assert.ok(customers.answered > before + 20));
    assert.equal(older.requests, drained);
    assert.deepEqual(customers.failures, []);
  });

  it('rolls back a version that answers badly, and leads to the trace of such an answer', async () => {
    await using world = await open('Default Dark Modern', { width: 1280, height: 800 });
    const { workbench, customers } = world;
    await world.deploy('rude');
    const panel = await workbench.webview('touchstone-deployment');
    await panel
      .getByRole('status')
      .filter({ hasText: /^rolled back/ })
      .waitFor({ timeout: 60_000 });
    await workbench.notification(/was rolled back/);
    await workbench.screenshot('deployment-rolled-back');
    assert.deepEqual(customers.failures, []);

    await panel
      .getByRole('button', { name: /^Open trace/ })
      .first()
      .click();
    await (await workbench.webview('touchstone-trace')).locator('h1').first().waitFor();
    await workbench.screenshot('deployment-trace');
  });
});
