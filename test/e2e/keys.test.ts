import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

describe('journey: models and keys', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  it('chooses a model, stores a key for one address, and forgets it', async () => {
    const server = await startOpenAiServer([]);
    try {
      await using workbench = await Workbench.open();
      const config = path.join(workbench.folder, 'touchstone.yaml');
      const providers = `providers:\n  local:\n    base_url: ${server.baseUrl}\n    api_key: "\${env:LOCAL_KEY}"\n    prices: { scripted-1: { input: 1, output: 2 } }\n`;
      writeFileSync(config, providers + readFileSync(config, 'utf8'));

      await workbench.runCommand('Touchstone: Choose Model…');
      const model = workbench.choices.filter({ hasText: 'local/scripted-1' }).first();
      await model.waitFor();
      await workbench.screenshot('choose-model');
      await model.click();
      await workbench.quickInput.waitFor({ state: 'hidden' });
      const settings = path.join(workbench.folder, '.vscode', 'settings.json');
      await eventually(() =>
        assert.deepEqual(JSON.parse(readFileSync(settings, 'utf8')), {
          'touchstone.model': 'local/scripted-1',
        }),
      );

      await workbench.runCommand('Touchstone: Set API Key…');
      const provider = workbench.choices.filter({ hasText: new URL(server.baseUrl).origin }).first();
      await provider.waitFor();
      await workbench.screenshot('set-key-provider');
      await provider.click();
      const input = workbench.quickInput.locator('input[type="password"]');
      await input.waitFor();
      await input.fill('sk-never-shown');
      await workbench.screenshot('set-key');
      await workbench.page.keyboard.press('Enter');
      await workbench.quickInput.waitFor({ state: 'hidden' });

      await workbench.runCommand('Touchstone: Set API Key…');
      await workbench.choices.filter({ hasText: 'Key stored' }).first().waitFor();
      await workbench.page.keyboard.press('Escape');

      await workbench.runCommand('Touchstone: Clear API Key…');
      await workbench.choices.filter({ hasText: 'local' }).first().click();
      await workbench.quickInput.waitFor({ state: 'hidden' });
      await workbench.runCommand('Touchstone: Clear API Key…');
      await workbench.notification('No API key is stored.');
    } finally {
      await server.close();
    }
  });
});
