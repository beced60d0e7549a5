import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

describe('journey: the command palette', function () {
  this.timeout(120_000);
  before(needsWorkbench);

  it('offers the commands, and shows the output', async () => {
    await using workbench = await Workbench.open();
    await workbench.openPalette('>Touchstone');
    await workbench.choices.filter({ hasText: 'Touchstone: Choose Model…' }).first().waitFor();
    await workbench.screenshot('palette');
    await workbench.page.keyboard.press('Escape');
    // A palette that is opened while it closes stays closed.
    await workbench.quickInput.waitFor({ state: 'hidden' });
    // The list draws only what is in sight.
    await workbench.openPalette('>Touchstone: Set API');
    await workbench.choices.filter({ hasText: 'Touchstone: Set API Key…' }).first().waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('Touchstone: Show Output');
    await workbench.page.locator('.panel .output-view').waitFor();
    await workbench.screenshot('output');
  });
});
