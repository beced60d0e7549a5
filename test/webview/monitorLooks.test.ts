import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { MonitorPage, type MonitorPageOptions } from './monitorPage.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { NOON, sampleBoard, sampleMarks, sampleTrace } from './sampleBoard.ts';
import { DARK, HIGH_CONTRAST, LIGHT } from './themes.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'screenshots');
const DAY = 24 * 3_600_000;
const traces = Array.from({ length: 12 }, (_, index) => sampleTrace(index));

describe('the looks of the monitor panel', () => {
  let browser: Browser;
  let bundle: ReportBundle;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(() => browser?.close());

  const hour = () => sampleBoard({ marks: sampleMarks(), gaps: (index) => index >= 12 && index < 16 });
  const grouped = () =>
    sampleBoard({
      marks: sampleMarks(),
      labels: ['support', 'checkout', 'search', 'returns', 'parcels', null, 'jobs'],
    });
  const looks: {
    name: string;
    options?: MonitorPageOptions;
    steps: (panel: MonitorPage) => Promise<void>;
  }[] = [
    { name: 'dark', steps: (panel) => panel.show(hour()) },
    { name: 'light', options: { theme: LIGHT }, steps: (panel) => panel.show(hour()) },
    { name: 'high-contrast', options: { theme: HIGH_CONTRAST }, steps: (panel) => panel.show(hour()) },
    {
      name: 'grouped',
      options: { theme: HIGH_CONTRAST, width: 1700 },
      steps: (panel) => panel.show(grouped()),
    },
    {
      name: 'traces',
      options: { width: 1600, traces },
      steps: async (panel) => {
        await panel.show(hour());
        await panel.page.locator('[data-chart=quality] .u-over').click({ position: { x: 200, y: 40 } });
        await panel.page.locator('trace-list li').first().waitFor();
      },
    },
    { name: 'narrow', options: { width: 340, height: 1000 }, steps: (panel) => panel.show(hour()) },
    {
      name: 'narrow-traces',
      options: { width: 340, height: 1000, traces },
      steps: async (panel) => {
        await panel.show(hour());
        await panel.page.locator('[data-chart=traffic] .u-over').click({ position: { x: 90, y: 40 } });
        await panel.page.locator('trace-list li').first().waitFor();
      },
    },
    {
      name: 'tables',
      steps: async (panel) => {
        await panel.show(hour());
        for (const title of ['Quality', 'Latency'])
          await panel.page.getByRole('button', { name: `${title} as a table` }).click();
      },
    },
    { name: 'wide', options: { width: 2400, height: 1000 }, steps: (panel) => panel.show(hour()) },
    { name: 'empty', steps: (panel) => panel.show(sampleBoard({ measures: [] })) },
    {
      name: 'off',
      options: { theme: LIGHT },
      steps: (panel) =>
        panel.show(
          { ...sampleBoard({ measures: [] }), lastMs: NOON - 3 * DAY },
          { state: 'off', text: 'Traces are not received.' },
        ),
    },
    {
      name: 'year',
      steps: (panel) =>
        panel.show(sampleBoard({ buckets: 365, stepMs: DAY, toMs: Math.floor(NOON / DAY) * DAY + DAY })),
    },
    { name: 'few', steps: (panel) => panel.show(sampleBoard({ gaps: (index) => index % 7 !== 3 })) },
    { name: 'waiting', steps: async () => {} },
    {
      name: 'failed',
      steps: (panel) => panel.send({ type: 'failed', message: 'metrics.db: cannot be read' }),
    },
  ];

  for (const { name, options = {}, steps } of looks) {
    it(`draws ${name} without a complaint, and nothing is wider than the page`, async function () {
      this.timeout(60_000);
      const panel = await MonitorPage.open(browser, bundle, { theme: DARK, ...options });
      await steps(panel);
      await panel.page.screenshot({ path: path.join(folder, `monitor-${name}.png`) });
      const overflow = await panel.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
      assert.deepEqual(panel.complaints, []);
      await panel.close();
    });
  }
});
