import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import { reportActions } from '../../src/webview/report/messages.ts';
import { plan } from '../support/runFixtures.ts';
import { reportOf, sampleReport } from '../support/sampleReport.ts';
import { openBrowser } from './browser.ts';
import { manyResults } from './manyResults.ts';
import { Panel, type PanelOptions } from './panel.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { DARK, HIGH_CONTRAST } from './themes.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'screenshots');

describe('the looks of the report panel', () => {
  let browser: Browser;
  let bundle: ReportBundle;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(() => browser?.close());

  const all = [...reportActions];
  const looks: { name: string; options?: PanelOptions; steps: (panel: Panel) => Promise<void> }[] = [
    { name: 'dark', steps: (panel) => panel.show(manyResults(300)) },
    {
      name: 'drawer',
      options: { width: 1600, actions: all },
      steps: async (panel) => {
        await panel.show(manyResults(300));
        await panel.page.locator('[aria-rowindex="5"]').click();
        await panel.page.getByText('Evaluators', { exact: true }).last().waitFor();
      },
    },
    {
      name: 'differences',
      options: { theme: HIGH_CONTRAST, width: 1600, actions: all },
      steps: async (panel) => {
        await panel.show(manyResults(300));
        await panel.page.locator('[aria-rowindex="5"]').click();
        await panel.page.getByRole('button', { name: 'Show differences' }).click();
      },
    },
    {
      name: 'high-contrast',
      options: { theme: HIGH_CONTRAST },
      steps: (panel) => panel.show(sampleReport()),
    },
    { name: 'narrow', options: { width: 320, height: 800 }, steps: (panel) => panel.show(sampleReport()) },
    {
      name: 'narrow-drawer',
      options: { width: 320, height: 1400, actions: all },
      steps: async (panel) => {
        await panel.show(sampleReport());
        await panel.page.locator('[aria-rowindex="6"]').click();
        await panel.page.getByText('Evaluators', { exact: true }).last().waitFor();
      },
    },
    { name: 'wide', options: { width: 2400, height: 1200 }, steps: (panel) => panel.show(sampleReport()) },
    {
      name: 'empty',
      steps: (panel) => panel.show(reportOf({ plan: plan({ cases: 0 }), cases: [], results: [] })),
    },
    { name: 'failing-all', steps: (panel) => panel.show(manyResults(500, { failAll: true })) },
    { name: 'waiting', steps: async () => {} },
    { name: '50000-rows', steps: (panel) => panel.show(manyResults(50_000)) },
  ];

  for (const { name, options = {}, steps } of looks) {
    it(`draws ${name} without a complaint, and nothing is wider than the page`, async function () {
      this.timeout(60_000);
      const panel = await Panel.open(browser, bundle, { theme: DARK, ...options });
      await steps(panel);
      await panel.page.screenshot({ path: path.join(folder, `report-${name}.png`) });
      const overflow = await panel.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
      assert.deepEqual(panel.complaints, []);
      await panel.close();
    });
  }
});
