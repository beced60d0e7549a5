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
    const older = await olderAgent();
    const workbench = await Workbench.open({
      folder: temporaryFolder(deployedWorkspace(older.url)),
      settings: { 'touchstone.traces.port': 0, 'touchstone.gateway.port': 0 },
      theme,
      viewport,
    });
    const { page, folder } = workbench;
    let customers: Customers | undefined;

    await workbench.runCommand('Touchstone: Start Gateway…');
    await page
      .locator('.statusbar-item', { hasText: /Gateway :\d+/ })
      .first()
      .waitFor({ timeout: 60_000 });
    const lease = await eventually(() => readLease(servicesFiles(folder).lease)?.gateway ?? assert.fail());
    customers = new Customers({ endpoint: `http://127.0.0.1:${lease.port}`, token: lease.token });

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
      async [Symbol.asyncDispose](): Promise<void> {
        await customers?.stop();
        await stopServices(folder, systemClock);
        await workbench[Symbol.asyncDispose]();
        await older[Symbol.asyncDispose]();
      },
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
