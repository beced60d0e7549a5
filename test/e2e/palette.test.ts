import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Workbench, whyNoWorkbench } from '../support/vscode/workbench.ts';

describe('journey: the command palette', function () {
  this.timeout(120_000);

  it('offers the commands, and shows the output', async function () {
    const reason = whyNoWorkbench();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    await using workbench = await Workbench.open();
    await workbench.openPalette('>Touchstone');
    await workbench.choices.filter({ hasText: 'Touchstone: Choose Model…' }).first().waitFor();
    await workbench.screenshot('palette');
    const titles = await workbench.choices.allInnerTexts();
    assert.ok(titles.some((title) => title.includes('Touchstone: Set API Key…')));
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('Touchstone: Show Output');
    await workbench.page.locator('.panel .output-view').waitFor();
    await workbench.screenshot('output');
  });
});
