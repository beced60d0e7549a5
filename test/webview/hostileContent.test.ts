import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { htmlReport } from '../../src/engine/reports/htmlReport.ts';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import { complete, plan, trialResult } from '../support/runFixtures.ts';
import { evaluation, reportOf } from '../support/sampleReport.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { openBrowser } from './browser.ts';
import { Panel } from './panel.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { shownText } from './shownText.ts';

const ATTACKS = [
  '<img src=x onerror="globalThis.hit=1">',
  '</script><script>globalThis.hit=1</script>',
  '<!--<script>globalThis.hit=1</script>-->',
  '${globalThis.hit=1} {{constructor.constructor("globalThis.hit=1")()}}',
  '<svg onload=globalThis.hit=1><style>*{display:none}</style>',
  'javascript:globalThis.hit=1//"\'`><a href="javascript:globalThis.hit=1">click</a>',
  '\u2028\u2029</title></style></textarea><iframe srcdoc="<script>parent.hit=1</script>">',
];
const TEXT = ATTACKS.join('\n');

describe('hostile content', () => {
  let browser: Browser;
  let bundle: ReportBundle;
  let folder: string;

  before(async () => {
    folder = temporaryFolder();
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(async () => {
    await browser?.close();
  });

  describe('in the panel', () => {
    let panel: Panel;
    afterEach(() => panel.close());

    it('is text wherever it stands, and nothing of it runs', async () => {
      panel = await Panel.open(browser, bundle, { actions: ['open-case'] });
      await panel.show(hostileReport(TEXT));
      await lookEverywhere(panel.page);
      await assertHarmless(panel.page);
      assert.deepEqual(panel.complaints, []);
    });

    it('cannot turn the direction of what stands beside it', async () => {
      panel = await Panel.open(browser, bundle);
      await panel.show(hostileReport('start \u202egnorw\u2066 \u200b end'));
      await lookEverywhere(panel.page);
      const text = await shownText(panel.page.locator('touchstone-report'));
      assert.ok(text.includes('start <U+202E>gnorw<U+2066> <U+200B> end'));
      assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/);
    });

    it('of a megabyte without a space is cut, and shown whole on request', async () => {
      panel = await Panel.open(browser, bundle);
      await panel.show(hostileReport('x'.repeat(1024 * 1024)));
      await panel.page.locator('[aria-rowindex="2"]').click();
      await panel.page.getByRole('heading', { name: 'Details' }).waitFor();
      const section = panel.page
        .locator('section')
        .filter({ has: panel.page.getByRole('heading', { name: 'Output' }) });
      const output = section.locator('text-block');
      const length = () => output.locator('pre').evaluate((element) => element.textContent.length);
      assert.equal(await length(), 20_001);
      await output.getByRole('button', { name: 'Show all 1,048,576 characters' }).click();
      assert.equal(await length(), 1024 * 1024);
    });

    it('does not get past the policy of the page even as markup', async () => {
      panel = await Panel.open(browser, bundle);
      await panel.page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.hit = 1';
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'https://elsewhere.example/pixel.png';
        image.setAttribute('onerror', 'globalThis.hit = 1');
        document.body.append(image);
      });
      await panel.send();
      assert.equal(await panel.page.evaluate('globalThis.hit'), undefined);
      assert.ok(panel.complaints.length >= 2);
      assert.ok(
        panel.complaints.every((text) => /content security policy/i.test(text)),
        panel.complaints.join('\n'),
      );
    });
  });

  it('is text in a report of its own too, opened from the disk', async () => {
    const file = path.join(folder, 'report.html');
    const assets = { script: bundle.script, style: bundle.standaloneStyle };
    writeFileSync(file, [...htmlReport([hostileReport(TEXT)], assets)].join(''));
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => void dialog.dismiss());
    await page.goto(pathToFileURL(file).href);
    await lookEverywhere(page);
    await assertHarmless(page);
    assert.deepEqual(complaints, []);
    await page.close();
  });
});

/** The attack in every text that a model, a dataset or a configuration can bring in. */
function hostileReport(text: string): RunReport {
  const name = text.slice(0, 500);
  const result = trialResult({
    target: name,
    status: 'failed',
    tags: [name],
    output: complete(text, {
      model: name,
      finishReason: name,
      toolCalls: [{ name, arguments: { [name]: text } }],
      steps: [{ type: 'tool', name, arguments: { [name]: text }, output: text }],
    }),
    evaluations: [evaluation(name, 0, { reason: text })],
    settlement: {
      stage: 'heuristic',
      early: true,
      reason: text,
      skipped: [{ name: `left ${name}`, stage: 'judge' }],
    },
  });
  const asked = plan({ targets: [name], cases: 1 });
  return reportOf({
    plan: { ...asked, suite: name, dataset: { ...asked.dataset, path: name, version: name } },
    cases: [
      {
        id: name,
        messages: [{ role: name, content: text }],
        expected_output: { answer: `${text} more`, expected_concepts: [name], [name]: text },
      },
    ],
    results: [{ ...result, caseId: name, reason: text }],
  });
}

/** Opens every tab, the drawer, the steps in it, and both ways to look at the output. */
async function lookEverywhere(page: Page): Promise<void> {
  for (const tab of await page.getByRole('tab').all()) await tab.click();
  await page.locator('[aria-rowindex="2"]').click();
  await page.getByRole('heading', { name: 'Details' }).waitFor();
  for (const summary of await page.locator('case-drawer summary').all()) await summary.click();
  await page.getByRole('button', { name: 'Show differences' }).click();
  await page.locator('pre.compared').waitFor();
  await page.getByRole('button', { name: 'Show separately' }).click();
}

async function assertHarmless(page: Page): Promise<void> {
  assert.equal(await page.evaluate('globalThis.hit'), undefined);
  assert.equal(await page.locator('img, iframe, a, svg[onload]').count(), 0);
  const text = await shownText(page.locator('touchstone-report'));
  for (const attack of ATTACKS) {
    const expected = attack
      .replace(/\s+/g, ' ')
      .replace(/ (?=[,:])/g, '')
      .trim();
    assert.ok(text.includes(expected), `${attack} is not shown`);
  }
}
