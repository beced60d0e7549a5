import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { holdAgent } from './heldAgent.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { expandRow, openReport, openRun, openViews, runSuite } from './steps.ts';

describe('journey: the first day', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  it('leads from the walkthrough over a run and its report to the place of a failed case', async () => {
    await using workbench = await Workbench.open({ viewport: { width: 1440, height: 860 } });
    const { page } = workbench;
    const letGo = holdAgent(workbench.folder);

    await workbench.runCommand('Touchstone: Open Walkthrough');
    await page
      .locator('.getting-started-category-header, .getting-started-step', {
        hasText: 'Explore your workspace',
      })
      .first()
      .waitFor();
    await workbench.screenshot('day-walkthrough');
    await workbench.openFile('support.golden.yaml');

    await openViews(workbench);
    await page.locator('.monaco-list-row', { hasText: '87 cases' }).first().waitFor();
    await page
      .locator('.monaco-list-row', { hasText: /answer~?\d+ tokens/ })
      .first()
      .waitFor();
    await page.locator('.welcome-view-content', { hasText: 'No runs yet' }).waitFor();
    await workbench.screenshot('day-views-empty');

    await runSuite(workbench, 'support');
    await page.locator('.monaco-list-row', { hasText: 'running,' }).first().waitFor();
    await workbench.screenshot('day-running');
    await workbench.runCommand('Testing: Focus on Test Explorer View');
    const tests = page.locator('.test-explorer .monaco-list-row');
    await expandRow(workbench, tests.filter({ hasText: 'support' }).first());
    await expandRow(workbench, tests.filter({ hasText: 'agent' }).first());
    await page.locator('.test-explorer .monaco-list-row[aria-level="3"]').nth(5).waitFor();
    await workbench.screenshot('day-live-tree');
    letGo();
    await openViews(workbench);
    const report = await openReport(workbench, '73 of 87 passed');
    await report.getByRole('heading', { name: 'Gate passed' }).waitFor();
    await workbench.screenshot('day-report');
    await report.locator('vscode-single-select[title="Status"]').click();
    await report.getByRole('option', { name: 'Failed', exact: true }).click();
    await report.getByText('14 of 87 results').waitFor();
    await report.locator('[aria-rowindex="2"]').click();
    await report.getByRole('button', { name: 'Open in diff editor' }).waitFor();
    await workbench.screenshot('day-report-case');
    // The id, and behind it what the case is about.
    const [caseId = ''] = String(await report.locator('case-drawer h2').textContent())
      .trim()
      .split(/\s/);

    await report.getByRole('button', { name: 'Open in diff editor' }).click();
    await page.locator('.monaco-diff-editor .view-line').first().waitFor();
    await workbench.screenshot('day-diff');
    await openRun(workbench, '73 of 87 passed');

    await report.getByRole('button', { name: 'Open trace' }).click();
    const trace = await workbench.webview('touchstone-trace');
    await trace.getByRole('row').nth(1).waitFor();
    await workbench.screenshot('day-trace');
    await openRun(workbench, '73 of 87 passed');

    await report.getByRole('button', { name: 'Open case in dataset' }).click();
    await page.locator('.tab.active', { hasText: 'support.golden.yaml' }).waitFor();
    const current = page.locator('.editor-instance .view-line', { hasText: caseId });
    await current.first().waitFor();
    await workbench.screenshot('day-case');
    const selection = page.locator('[id="status.editor.selection"]');
    assert.match(String(await selection.textContent()), /Ln \d{2,}/);
  });
});
