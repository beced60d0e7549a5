import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

const BROKEN = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: greeting
    input: Hello
    expected_output:
      expected_concept: [welcome]
`;

describe('journey: datasets and suites while one types', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  it('shows a squiggle, offers the fix, and is clean after it', async () => {
    await using workbench = await Workbench.open({ settings: { 'files.autoSave': 'off' } });
    const { page } = workbench;
    const file = path.join(workbench.folder, 'broken.golden.yaml');
    writeFileSync(file, BROKEN);
    await workbench.openFile('broken.golden.yaml');
    await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
    await page.locator('.codelens-decoration', { hasText: 'Run' }).first().waitFor();
    await workbench.screenshot('language-squiggle');

    // The next problem, with its message in the text.
    await page.keyboard.press('F8');
    await page.locator('.marker-widget', { hasText: 'did you mean expected_concepts' }).waitFor();
    await workbench.screenshot('language-problem');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Change to "expected_concepts"' });
    await fix.waitFor();
    await workbench.screenshot('language-light-bulb');
    await page.keyboard.press('Enter');
    await page.locator('.monaco-editor .squiggly-warning').first().waitFor({ state: 'detached' });
    await workbench.screenshot('language-fixed');
    const dirty = page.locator('.tab.dirty');
    await dirty.waitFor();
    await page.keyboard.press('Control+s');
    await dirty.waitFor({ state: 'detached' });
    assert.equal(readFileSync(file, 'utf8'), BROKEN.replace('expected_concept:', 'expected_concepts:'));
  });

  it('makes the dataset that a suite names and nobody has written', async () => {
    await using workbench = await Workbench.open({ settings: { 'files.autoSave': 'off' } });
    const { page } = workbench;
    const config = path.join(workbench.folder, 'touchstone.yaml');
    writeFileSync(
      config,
      'suites:\n  new:\n    dataset: new.golden.yaml\n    targets: [{ echo: true }]\n    gate: { min_pass_rate: 1 }\n',
    );
    await workbench.openFile('touchstone.yaml');
    const squiggle = page.locator('.monaco-editor .squiggly-error').first();
    await squiggle.waitFor();
    await page.keyboard.press('F8');
    await page.locator('.marker-widget', { hasText: 'new.golden.yaml' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Create "new.golden.yaml"' }).waitFor();
    await workbench.screenshot('language-create');
    await page.keyboard.press('Enter');
    await squiggle.waitFor({ state: 'detached' });
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'new.golden.yaml' }).waitFor();
    await workbench.screenshot('language-created');
    assert.match(
      readFileSync(path.join(workbench.folder, 'new.golden.yaml'), 'utf8'),
      /^schema_version: 2\.0\.0\n/,
    );
  });

  it('runs a suite from the line above it, and shows there how it went', async () => {
    await using workbench = await Workbench.open();
    const { page } = workbench;
    await workbench.openFile('touchstone.yaml');
    const lenses = page.locator('.codelens-decoration');
    await lenses.locator('a', { hasText: 'Run' }).first().click();
    await lenses
      .filter({ hasText: /\d+ of \d+ passed/ })
      .first()
      .waitFor({ timeout: 90_000 });
    await workbench.openFile('support.golden.yaml');
    await lenses
      .filter({ hasText: /Run.*[01]\.\d\d/ })
      .first()
      .waitFor();
    await workbench.screenshot('language-last-results');
  });
});
