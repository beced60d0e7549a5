import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { labelsOf, outputName } from '../../src/engine/datasets/edit/outputLabels.ts';
import { readRecords } from '../../src/engine/datasets/migrations/upgrade.ts';
import type { JsonObject } from '../../src/engine/model/json.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openReport, openViews, runSuite } from './steps.ts';

const CASES = ['please wait', 'thanks', 'please', 'thank you', 'no'].map(
  (text, at) => `  - { id: c${at}, input: "${text}", expected_output: { expected_concepts: [please] } }`,
);
const FILES = {
  'touchstone.yaml': `suites:
  judged:
    dataset: judged.golden.yaml
    targets: [{ name: echo, echo: true }]
    evaluators: [concepts, { length: { min: 4 } }]
    cascade: { mode: full }
`,
  'judged.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: # by hand\n${CASES.join('\n')}\n`,
};

describe('journey: can the evaluators be relied on?', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder(FILES);
  });

  it('labels an output in the report, and opens what two evaluators say of it side by side', async () => {
    await using workbench = await Workbench.open({ folder, viewport: { width: 1440, height: 900 } });
    const { page } = workbench;
    await openViews(workbench);
    await runSuite(workbench, 'judged');
    const report = await openReport(workbench, '2 of 5 passed');
    await report.locator('[role=row]', { hasText: 'c1' }).click();
    const editor = report.locator('label-editor');
    await editor.getByRole('textbox').fill('says nothing of waiting');
    await editor.getByRole('button', { name: 'Incorrect' }).click();
    await editor.getByText('Labelled incorrect in the dataset.').waitFor();
    await workbench.screenshot('label-dark');
    const dataset = path.join(workbench.folder, 'judged.golden.yaml');
    await eventually(() => {
      const text = readFileSync(dataset, 'utf8');
      const found = readRecords(dataset, text).cases.find(({ id }) => id === 'c1');
      const label = labelsOf(found as { metadata?: JsonObject }).get(outputName('thanks'));
      assert.deepEqual(label, { pass: false, note: 'says nothing of waiting' });
      assert.match(text, /test_cases: # by hand\n/);
    });

    await workbench.runCommand('Touchstone: Compare Evaluators…');
    for (const choice of ['judged', 'concepts', 'length'])
      await workbench.choices.filter({ hasText: choice }).first().click();
    await workbench.webview('text="Both scored 5 outputs."');
    const offer = await workbench.notification('concepts and length differ on 2 outputs.');
    await offer.getByRole('button', { name: 'Show Differences' }).click();
    await workbench.choices.filter({ hasText: 'c1' }).first().waitFor();
    await workbench.screenshot('evaluators-dark');
    await workbench.choices.filter({ hasText: 'All side by side' }).click();
    await page.locator('.tab', { hasText: 'Outputs on which concepts and length differ (2)' }).waitFor();
    for (const output of ['thanks', 'thank you'])
      await page.locator('.monaco-diff-editor .view-line', { hasText: output }).first().waitFor();
    await workbench.screenshot('evaluators-side-by-side-dark');
  });
});
