import type { Frame, Locator } from 'playwright-core';
import { eventually } from '../support/vscode/eventually.ts';
import type { Workbench } from '../support/vscode/workbench.ts';

/** Within this a report that was asked for is there. */
const OPENED_MS = 12_000;

/** Shows the extension's own views. */
export async function openViews({ page }: Workbench): Promise<void> {
  const runs = page.locator('.pane-header', { hasText: 'Runs' });
  if (!(await runs.isVisible()))
    await page.locator('.activitybar [aria-label^="Touchstone"]').first().click();
  await runs.waitFor();
}

/** Begins a suite from the palette, with what it offers first. */
export async function runSuite(workbench: Workbench, suite: string): Promise<void> {
  await workbench.runCommand('Touchstone: Run Evaluation…');
  await workbench.choices.filter({ hasText: suite }).first().waitFor();
  await workbench.quickInput.locator('input').first().fill(suite);
  await workbench.accept(suite);
  await workbench.quickInput.locator('.quick-input-title', { hasText: `: ${suite}` }).waitFor();
  await workbench.accept(/Run \d+ trials/);
}

/** Opens the report of the newest run whose line holds a text, once there is one. */
export async function openRun({ page }: Workbench, text: string | RegExp): Promise<void> {
  const run = page.locator('.monaco-list-row', { hasText: text }).first();
  await run.waitFor({ timeout: 60_000 });
  await run.click();
}

/** Opens the report of the newest run whose line holds a text. A click that comes while the list is drawn anew is lost. */
export async function openReport(workbench: Workbench, text: string | RegExp): Promise<Frame> {
  await openRun(workbench, text);
  return await workbench
    .webview('touchstone-report', OPENED_MS)
    .catch(() => openRun(workbench, text).then(() => workbench.webview('touchstone-report')));
}

/** Opens a row of a tree with the keyboard: a key that comes while the tree is drawn anew is lost. */
export async function expandRow({ page }: Workbench, row: Locator): Promise<void> {
  await eventually(async () => {
    await row.click({ timeout: 3_000 });
    if ((await row.getAttribute('aria-expanded')) !== 'true') await page.keyboard.press('ArrowRight');
    await row.and(page.locator('[aria-expanded="true"]')).waitFor({ timeout: 3_000 });
  });
}
