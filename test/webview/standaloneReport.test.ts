import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { htmlReport } from '../../src/engine/reports/htmlReport.ts';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import { sampleReport } from '../support/sampleReport.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { openBrowser } from './browser.ts';
import { manyResults } from './manyResults.ts';
import { bundleReport } from './reportBundle.ts';
import { shownText } from './shownText.ts';

describe('a report as a page of its own', () => {
  let browser: Browser;
  let folder: string;
  let assets: { script: string; style: string };

  before(async () => {
    folder = temporaryFolder();
    browser = await openBrowser();
    const { script, standaloneStyle: style } = await bundleReport();
    assets = { script, style };
  });
  after(async () => {
    await browser?.close();
  });

  async function open(reports: RunReport[], options: { limit?: number; dark?: boolean } = {}): Promise<Page> {
    const file = path.join(folder, 'report.html');
    writeFileSync(file, [...htmlReport(reports, assets, options)].join(''));
    const page = await browser.newPage({ colorScheme: options.dark ? 'dark' : 'light' });
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  it('asks the network for nothing and keeps to its own policy', async () => {
    const page = await browser.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    const file = path.join(folder, 'quiet.html');
    writeFileSync(file, [...htmlReport([sampleReport()], assets)].join(''));
    await page.goto(pathToFileURL(file).href);
    await page.locator('[aria-rowindex="2"]').click();
    await page.getByRole('heading', { name: 'Details' }).waitFor();
    assert.deepEqual(requests, [pathToFileURL(file).href]);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('shows the whole of a result from far down in the file, and offers no actions', async () => {
    const page = await open([manyResults(5000)]);
    await page.getByRole('searchbox').fill('case-004990');
    await page.locator('[aria-rowindex="2"]').click();
    await page.getByRole('heading', { name: 'Details' }).waitFor();
    const text = await shownText(page.locator('case-drawer'));
    assert.match(text, /case-004990.*Question 4990:.*gpt-5-mini.*fixture\.golden\.yaml:4991:1/);
    assert.equal(await page.locator('case-drawer vscode-button').count(), 0);
    await page.close();
  });

  it('keeps the runs of several suites apart', async () => {
    const page = await open([sampleReport({ id: 'first' }), manyResults(50)]);
    assert.match(await shownText(page.locator('report-summary')), /run first/);
    await page.locator('vscode-single-select.runs').click();
    await page.getByRole('option').last().click();
    assert.match(await shownText(page.locator('report-summary')), /run 20261105-120000-abcd/);
    assert.equal(await shownText(page.locator('report-filters .shown')), '50 results');
    await page.locator('[aria-rowindex="2"]').click();
    await page.getByRole('heading', { name: 'Details' }).waitFor();
    assert.match(await shownText(page.locator('case-drawer')), /Question 0:/);
    await page.close();
  });

  it('says how many results were left out, and counts them all', async () => {
    const page = await open([manyResults(300)], { limit: 100 });
    const text = await shownText(page.locator('report-summary'));
    assert.match(text, /200 results are not in this file/);
    assert.match(text, /255 passed, 42 failed, 3 errored/);
    assert.equal(await shownText(page.locator('report-filters .shown')), '100 results');
    await page.locator('vscode-single-select[title="Status"]').click();
    await page.getByRole('option', { name: 'Failed' }).click();
    assert.equal(await shownText(page.locator('report-filters .shown')), '42 of 100 results');
    await page.close();
  });

  it('wears the colours that the system asks for', async () => {
    const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await open([sampleReport()]);
    const dark = await open([sampleReport()], { dark: true });
    assert.equal(await ground(light), 'rgb(255, 255, 255)');
    assert.equal(await ground(dark), 'rgb(31, 31, 31)');
    await dark.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(await ground(dark), 'rgb(255, 255, 255)');
    await Promise.all([light.close(), dark.close()]);
  });

  it('keeps what was set up over a reload', async () => {
    const page = await open([sampleReport()]);
    await page.getByRole('searchbox').fill('timeout');
    await page.reload();
    assert.equal(await shownText(page.locator('report-filters .shown')), '4 of 16 results');
    await page.close();
  });
});
