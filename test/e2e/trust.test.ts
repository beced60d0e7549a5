import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

describe('journey: Restricted Mode', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  it('looks at the workspace, connects to nothing, and goes on when trust is given', async () => {
    await using workbench = await Workbench.open({ trusted: false });
    const { page } = workbench;

    await workbench.openPalette('>Touchstone: ');
    await workbench.choices.filter({ hasText: 'Touchstone: Choose Model…' }).first().waitFor();
    const offered = await workbench.choices.allInnerTexts();
    assert.ok(!offered.some((title) => title.includes('Set API Key…')));
    await page.keyboard.press('Escape');

    await workbench.runCommand('Touchstone: Choose Model…');
    await workbench.choices.filter({ hasText: 'Look for local model servers' }).first().click();
    const refused = await workbench.notification('needs a trusted workspace');
    await workbench.screenshot('restricted-refused');

    await refused.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
    await workbench.screenshot('trusted');

    await workbench.runCommand('Touchstone: Choose Model…');
    await workbench.choices.filter({ hasText: 'Look for local model servers' }).first().click();
    await workbench.choices.filter({ hasText: 'No model server found on this machine' }).first().waitFor();
    await workbench.screenshot('local-servers');
  });
});
