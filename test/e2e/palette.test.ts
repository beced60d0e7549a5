import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

describe('journey: the command palette', function () {
  this.timeout(120_000);
  before(needsWorkbench);

  it('offers the commands, and shows the output', async () => {
    await using workbench = await Workbench.open();
    await workbench.offersCommand('Touchstone', 'Touchstone: Choose Model…');
    await workbench.screenshot('palette');
    // The list draws only what is in sight.
    await workbench.offersCommand('Touchstone: Set API', 'Touchstone: Set API Key…');
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('Touchstone: Show Output');
    await workbench.page.locator('.panel .output-view').waitFor();
    await workbench.screenshot('output');
  });
});
