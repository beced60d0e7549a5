import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openReport, openViews } from './steps.ts';

const root = path.join(import.meta.dirname, '..', '..');

describe('journey: the packed extension', function () {
  this.timeout(240_000);
  let scratch = '';
  beforeEach(() => {
    scratch = temporaryFolder();
  });
  before(needsWorkbench);

  it('is installed, and leads from an empty folder through a first suite to its report', async () => {
    const [vsix, folder] = [path.join(scratch, 'touchstone.vsix'), path.join(scratch, 'empty')];
    mkdirSync(folder);
    execFileSync(process.execPath, [path.join(root, 'scripts', 'package.ts'), vsix], { stdio: 'pipe' });
    const server = await startOpenAiServer(() => ({ text: 'Shipping takes 2 to 4 days.' }));
    try {
      await using workbench = await Workbench.open({
        folder,
        vsix,
        environment: { OPENAI_BASE_URL: server.baseUrl },
      });
      const { page, quickInput } = workbench;
      await openViews(workbench);
      await page.getByRole('button', { name: 'Create First Evaluation…' }).first().click();
      await quickInput.locator('.quick-input-title', { hasText: '1 of 2' }).waitFor();
      await quickInput.locator('input').first().fill('How long does shipping take?');
      await page.keyboard.press('Enter');
      await quickInput.locator('.quick-input-title', { hasText: '2 of 2' }).waitFor();
      await quickInput.locator('input').first().fill('2 to 4 days');
      await page.keyboard.press('Enter');

      const report = await openReport(workbench, '1 of 1 passed');
      await report.getByRole('heading', { name: 'Gate passed' }).waitFor();
      await workbench.screenshot('installed-report');
    } finally {
      await server.close();
    }
  });
});
