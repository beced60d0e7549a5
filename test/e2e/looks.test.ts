import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { type Theme, Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openReport, openViews, runSuite } from './steps.ts';

const LOOKS: { name: string; theme: Theme; viewport: { width: number; height: number } }[] = [
  { name: 'light', theme: 'Default Light Modern', viewport: { width: 1280, height: 800 } },
  { name: 'contrast-narrow', theme: 'Default High Contrast', viewport: { width: 620, height: 800 } },
];

describe('journey: looks, and the keyboard alone', function () {
  this.timeout(240_000);
  before(needsWorkbench);

  for (const { name, theme, viewport } of LOOKS) {
    it(`shows the views and a report: ${name}`, async () => {
      await using workbench = await Workbench.open({ theme, viewport });
      await openViews(workbench);
      await runSuite(workbench, 'legacy');
      const report = await openReport(workbench, 'of 12 passed');
      await report.locator('[aria-rowindex="2"]').waitFor();
      await workbench.screenshot(`look-${name}`);
      if (viewport.width < 700) await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
      await report.locator('[aria-rowindex="2"]').click();
      await report.locator('case-drawer').getByText('Steps and tool calls').waitFor();
      await workbench.screenshot(`look-${name}-case`);
      const overflow = await report.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(overflow) <= 0, 'the page is wider than its panel');
    });
  }

  it('runs, opens the report and a case, and comes back with the keyboard', async () => {
    await using workbench = await Workbench.open();
    const { page } = workbench;
    await workbench.runCommand('Touchstone: Run Evaluation…');
    await workbench.choices.filter({ hasText: 'legacy' }).first().waitFor();
    await page.keyboard.type('legacy');
    await page.keyboard.press('Enter');
    await workbench.choices
      .filter({ hasText: /Run \d+ trials/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await workbench.runCommand('Touchstone: Focus on Runs View');
    const run = page.locator('.monaco-list-row', { hasText: 'of 12 passed' }).first();
    await run.waitFor({ timeout: 60_000 });
    await workbench.runCommand('Touchstone: Open Report…');
    await workbench.choices.filter({ hasText: 'of 12 passed' }).first().waitFor();
    await page.keyboard.press('Enter');
    const report = await workbench.webview('touchstone-report');
    await report.locator('[aria-rowindex="2"]').waitFor();
    await workbench.runCommand('View: Focus Active Editor Group');
    const grid = report.getByRole('grid');
    for (let left = 60; left > 0; left--) {
      await page.keyboard.press('Tab');
      if (await grid.evaluate((element) => element.matches(':focus'))) break;
    }
    await workbench.screenshot('keyboard-grid');
    for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
    await report.locator('case-drawer h2').waitFor();
    await workbench.screenshot('keyboard-case');
    await page.keyboard.press('Escape');
    await report.locator('case-drawer').waitFor({ state: 'detached' });
    await workbench.screenshot('keyboard-back');
  });

  it('in Restricted Mode shows what is there, and says why nothing runs', async () => {
    await using workbench = await Workbench.open({ trusted: false });
    const { page } = workbench;
    await openViews(workbench);
    await page.locator('.monaco-list-row', { hasText: '87 cases' }).first().waitFor();
    await page.locator('.welcome-view-content', { hasText: 'trust the workspace' }).waitFor();
    await workbench.screenshot('restricted-views');
  });
});
