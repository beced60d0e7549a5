import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openRun, openViews, runSuite } from '../test/e2e/steps.ts';
import { Workbench } from '../test/support/vscode/workbench.ts';
import { smallPng } from './smallPng.ts';

/** Takes the pictures of the walkthrough and the README anew, in a real editor: npm run pictures. */
const media = path.join(import.meta.dirname, '..', 'media');

/** The walkthrough shows its pictures small: a small window stays readable. */
const SMALL = { width: 860, height: 600 };
const LARGE = { width: 1180, height: 720 };
const SCALE = 1.25;
const SETTINGS = { 'editor.minimap.enabled': false, 'diffEditor.wordWrap': 'on' };
/** The title bar names a folder that nobody knows, and the status bar says nothing here; in CSS pixels. */
const TITLE = 30;
const STATUS = 32;

/** A case of the sample workspace whose answer is wrong in a way that one sees at once. */
const CASE = 'refund-date-arithmetic';

async function picture({ page }: Workbench, name: string): Promise<void> {
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  const clip = { x: 0, y: TITLE, width, height: height - TITLE - STATUS };
  // Tooltips and half drawn frames are in the way.
  await page.mouse.move(width / 2, height - 1);
  await page.waitForTimeout(1_500);
  const file = path.join(media, `${name}.png`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, smallPng(await page.screenshot({ clip, animations: 'disabled', caret: 'hide' })));
}

/** Shows a failed case in the Test Explorer, with what was expected beside what came back. */
async function openFailure(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.runCommand('Testing: Focus on Test Explorer View');
  const rows = page.locator('.test-explorer .monaco-list-row');
  for (const name of ['support', 'agent']) {
    await rows.filter({ hasText: name }).first().click();
    await page.keyboard.press('ArrowRight');
  }
  await rows.filter({ hasText: CASE }).first().click();
  await page.locator('.test-output-peek').first().waitFor();
}

/** Opens the drawer of a failed case in the report. */
async function openCase(workbench: Workbench): Promise<void> {
  const report = await workbench.webview('touchstone-report');
  await report.locator('vscode-single-select[title="Status"]').click();
  await report.getByRole('option', { name: 'Failed', exact: true }).click();
  await report
    .locator('[role=row]', { hasText: CASE.slice(0, 14) })
    .first()
    .click();
  await report.getByRole('button', { name: 'Accept output as expected' }).waitFor();
}

async function walkthrough(): Promise<void> {
  await using workbench = await Workbench.open({ viewport: SMALL, scale: SCALE, settings: SETTINGS });
  const { page } = workbench;
  await workbench.openFile('support.golden.yaml');
  await openViews(workbench);
  await page.locator('.monaco-list-row', { hasText: '87 cases' }).first().waitFor();
  await page
    .locator('.monaco-list-row', { hasText: /answer~?\d+ tokens/ })
    .first()
    .waitFor();
  await picture(workbench, 'walkthrough/look');

  await runSuite(workbench, 'support');
  await openRun(workbench, '73 of 87 passed');
  await workbench.webview('touchstone-report');
  await workbench.openFile('support.golden.yaml');
  await openFailure(workbench);
  await picture(workbench, 'walkthrough/failure');
  await page.keyboard.press('Escape');
  await workbench.openFile('support.golden.yaml');
  await picture(workbench, 'walkthrough/run');

  await openViews(workbench);
  await openRun(workbench, '73 of 87 passed');
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  await page.setViewportSize({ width: 1020, height: 740 });
  await openCase(workbench);
  await picture(workbench, 'walkthrough/report');
  await page.setViewportSize(SMALL);

  const report = await workbench.webview('touchstone-report');
  await report.getByRole('button', { name: 'Accept output as expected' }).click();
  await page.locator('.monaco-diff-editor .view-line', { hasText: 'answer:' }).first().waitFor();
  await picture(workbench, 'walkthrough/again');
}

async function readme(): Promise<void> {
  await using workbench = await Workbench.open({ viewport: LARGE, scale: SCALE, settings: SETTINGS });
  const { page, folder } = workbench;
  await openViews(workbench);
  await runSuite(workbench, 'support');
  await openRun(workbench, '73 of 87 passed');
  await page.setViewportSize({ width: 1280, height: 860 });
  await openCase(workbench);
  await picture(workbench, 'screenshots/report');
  await page.setViewportSize(LARGE);
  await workbench.openFile('support.golden.yaml');
  await openFailure(workbench);
  await picture(workbench, 'screenshots/tests');

  // The agent of today against the one of the last commit, which is its first version.
  const agent = path.join(folder, 'agent', 'main.mjs');
  const today = readFileSync(agent);
  for (const name of ['main.mjs', 'answer.mjs'])
    copyFileSync(path.join(folder, 'agent-v1', name), path.join(folder, 'agent', name));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  writeFileSync(agent, today);
  await workbench.runCommand('View: Close All Editors');
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  await workbench.runCommand('Touchstone: Compare with HEAD');
  await workbench.choices.filter({ hasText: 'support' }).first().click();
  const comparison = await workbench.webview('touchstone-comparison');
  await comparison.getByRole('heading', { name: /^(Better|Worse|Undecided)/ }).waitFor({ timeout: 120_000 });
  await picture(workbench, 'screenshots/compare');
}

await walkthrough();
await readme();
