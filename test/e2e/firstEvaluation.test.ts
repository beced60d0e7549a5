import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openViews } from './steps.ts';

describe('journey: from an empty folder to a first result', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('writes prompt, dataset and suite from two questions, and runs them', async () => {
    const reply = { text: 'Shipping takes 2 to 4 days.' };
    const server = await startOpenAiServer([reply, reply]);
    try {
      await using workbench = await Workbench.open({
        folder,
        environment: { OPENAI_BASE_URL: server.baseUrl },
      });
      const { page } = workbench;
      await openViews(workbench);
      const button = page.getByRole('button', { name: 'Create First Evaluation…' }).first();
      await button.waitFor();
      await workbench.screenshot('first-empty');
      await button.click();

      const input = workbench.quickInput.locator('input').first();
      await workbench.quickInput.locator('.quick-input-title', { hasText: '1 of 2' }).waitFor();
      await input.fill('How long does shipping take?');
      await page.keyboard.press('Enter');
      await workbench.quickInput.locator('.quick-input-title', { hasText: '2 of 2' }).waitFor();
      await input.fill('2 to 4 days, shipping');
      await workbench.screenshot('first-question');
      await page.keyboard.press('Enter');

      await page
        .locator('.monaco-list-row', { hasText: '1 of 1 passed' })
        .first()
        .waitFor({ timeout: 60_000 });
      await workbench.screenshot('first-result');
      assert.deepEqual(readdirSync(workbench.folder).sort(), [
        '.touchstone',
        'datasets',
        'prompts',
        'touchstone.yaml',
      ]);
      const dataset = readFileSync(path.join(workbench.folder, 'datasets', 'answer.golden.yaml'), 'utf8');
      assert.match(dataset, /expected_concepts: \["2 to 4 days", "shipping"\]/);

      await workbench.runCommand('Touchstone: Create First Evaluation…');
      await workbench.notification('This folder already has an evaluation.');
    } finally {
      await server.close();
    }
  });
});

describe('journey: a key is missing', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('is said before anything is stored, and once it is set the run goes on', async () => {
    const server = await startOpenAiServer([{ text: 'hello Ada' }]);
    writeFileSync(
      path.join(folder, 'touchstone.yaml'),
      `providers:
  local: { base_url: "${server.baseUrl}", api_key: "\${env:NOBODYS_KEY}" }
suites:
  greet:
    dataset: greet.golden.yaml
    targets: [{ prompt: greet.prompty, model: local/scripted-1 }]
    evaluators: [{ contains: hello }]
`,
    );
    writeFileSync(path.join(folder, 'greet.prompty'), '---\nname: greet\n---\nuser:\nGreet {{name}}.\n');
    writeFileSync(
      path.join(folder, 'greet.golden.yaml'),
      'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: { name: Ada } }]\n',
    );
    try {
      await using workbench = await Workbench.open({ folder });
      const { page } = workbench;
      await openViews(workbench);
      await workbench.openFile('greet.prompty');
      await workbench.runCommand('Touchstone: Run Current Prompt');
      const dialog = page.locator('.monaco-dialog-box', { hasText: 'Nothing was run' });
      await dialog.waitFor();
      await workbench.screenshot('key-missing');
      await page.getByText('No runs yet.').waitFor();
      await dialog.getByRole('button', { name: 'Set API Key…' }).click();
      await workbench.choices.filter({ hasText: 'local' }).first().click();
      const input = workbench.quickInput.locator('input[type="password"]');
      await input.fill('sk-nobody');
      await page.keyboard.press('Enter');

      await page
        .locator('.monaco-list-row', { hasText: '1 of 1 passed' })
        .first()
        .waitFor({ timeout: 60_000 });
      assert.equal(server.requests[0]?.headers.authorization, 'Bearer sk-nobody');
      await workbench.screenshot('key-set');
    } finally {
      await server.close();
    }
  });
});
