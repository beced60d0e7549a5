import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openReport, openRun, openViews, runSuite } from './steps.ts';

const FILES = {
  'touchstone.yaml': `suites:
  greetings:
    dataset: greetings.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [equals]
`,
  'agent.mjs': `import { readFileSync } from 'node:fs';
const { input } = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ output: 'Good day, ' + input + '.' }));
`,
  'greetings.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
metadata: { name: greetings }
test_cases:
  - id: polite
    input: Ada
    complexity: simple
    expected_output: { answer: "Good day, Ada." }
  - id: outdated
    input: Grace
    complexity: simple
    expected_output:
      answer: Hello Grace # as it was once
`,
};

describe('journey: accept an output', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder(FILES);
  });

  it('makes an answer the expected one after a look at the change, and the run again is green', async () => {
    await using workbench = await Workbench.open({ folder, viewport: { width: 1440, height: 860 } });
    const { page } = workbench;
    await openViews(workbench);
    await runSuite(workbench, 'greetings');
    const report = await openReport(workbench, '1 of 2 passed');
    await report.locator('[role=row]', { hasText: 'outdated' }).click();

    await report.getByRole('button', { name: 'Open in diff editor' }).click();
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'Hello Grace' }).first().waitFor();
    await workbench.screenshot('greetings-diff');
    await openRun(workbench, '1 of 2 passed');

    await report.getByRole('button', { name: 'Accept output as expected' }).click();
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'Good day, Grace.' }).first().waitFor();
    await workbench.screenshot('greetings-preview');
    const dataset = path.join(workbench.folder, 'greetings.golden.yaml');
    assert.equal(readFileSync(dataset, 'utf8'), FILES['greetings.golden.yaml']);
    await workbench.runCommand('Touchstone: Apply Edit');
    await workbench.runCommand('File: Save All Files');
    const wanted = FILES['greetings.golden.yaml'].replace('Hello Grace', 'Good day, Grace.');
    while (readFileSync(dataset, 'utf8') !== wanted) await page.waitForTimeout(50);

    await openRun(workbench, '1 of 2 passed');
    await report.getByRole('button', { name: 'Run again' }).click();
    await page.locator('.monaco-list-row', { hasText: '1 of 1 passed' }).first().waitFor();
    await workbench.screenshot('greetings-again');
    await runSuite(workbench, 'greetings');
    await page.locator('.monaco-list-row', { hasText: '2 of 2 passed' }).first().waitFor();
    await workbench.screenshot('greetings-green');
  });
});
