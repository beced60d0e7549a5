import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

describe('journey: the Test Explorer', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  it('runs the sample suite, shows why a case failed, accepts its output, and runs what failed again', async () => {
    await using workbench = await Workbench.open();
    const { page } = workbench;

    await workbench.runCommand('Touchstone: Run Evaluation…');
    const suite = workbench.choices.filter({ hasText: 'support.golden.yaml' }).first();
    await suite.waitFor();
    await workbench.screenshot('run-pick-suite');
    await suite.click();
    const begin = workbench.choices.filter({ hasText: /Run \d+ trials/ }).first();
    await begin.waitFor();
    await workbench.screenshot('run-pick-action');
    await begin.click();
    const running = page.locator('.statusbar-item', { hasText: /support \d+\/87/ });
    await running.waitFor();
    await workbench.screenshot('run-progress');
    await running.waitFor({ state: 'hidden', timeout: 100_000 });
    await workbench.notification(/support (passed|failed): /);
    await workbench.screenshot('run-ended');

    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand('Testing: Focus on Test Explorer View');
    const explorer = page.locator('.test-explorer');
    await explorer.locator('.monaco-list-row', { hasText: 'support' }).first().waitFor();
    await explorer.locator('.monaco-list-row .codicon-testing-failed-icon').first().waitFor();
    await page.locator('.monaco-editor[data-uri="testing:filter"]').click();
    await page.keyboard.type('typo-refund');
    const failed = explorer.locator('.monaco-list-row', { hasText: 'typo-refund' }).first();
    await failed.waitFor();
    await workbench.screenshot('test-explorer');

    await workbench.openFile('support.golden.yaml');
    await page.locator('.testing-run-glyph').first().waitFor();
    await workbench.screenshot('gutter');
    await failed.click();
    await workbench.runCommand('Test: Peek Output');
    await page.locator('.test-output-peek').first().waitFor();
    await workbench.screenshot('test-peek');
    await page.keyboard.press('Escape');

    await workbench.runCommand('Touchstone: Accept Output as Expected…');
    await workbench.choices.first().waitFor();
    await workbench.quickInput.locator('input').first().fill('typo-refund');
    const choice = workbench.choices.filter({ hasText: 'typo-refund' }).first();
    await choice.waitFor();
    await workbench.screenshot('accept-pick');
    await choice.click();
    // Its concepts ask for more than an answer, which is said before anything is changed.
    const warned = page.locator('.monaco-dialog-box', { hasText: 'will not make typo-refund pass' });
    await warned.waitFor();
    await workbench.screenshot('accept-warned');
    await warned.getByRole('button', { name: 'Set Answer Anyway' }).click();
    await page.locator('.monaco-diff-editor').first().waitFor();
    await workbench.screenshot('accept-diff');
    await workbench.runCommand('Touchstone: Apply Edit');
    await page.locator('.monaco-diff-editor').first().waitFor({ state: 'detached' });
    await workbench.screenshot('accepted');
    const dataset = readFileSync(path.join(workbench.folder, 'support.golden.yaml'), 'utf8');
    const [, entry = ''] = dataset.split('- id: typo-refund\n');
    assert.match(entry.split('- id:')[0] ?? '', /expected_output:\n(?: {6,}.*\n)* {6}answer: /);

    await workbench.runCommand('Touchstone: Re-run Failed');
    const again = page.locator('.statusbar-item', { hasText: /support \d+\/\d+/ });
    await again.waitFor();
    await workbench.screenshot('rerun-failed');
  });
});
