import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { htmlReport } from '../../src/engine/reports/htmlReport.ts';
import { markedReport } from '../support/markedAnswers.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { openBrowser } from './browser.ts';
import { bundleReport } from './reportBundle.ts';
import { shownText } from './shownText.ts';

const screenshots = path.join(import.meta.dirname, '..', '..', 'screenshots');

describe('a report with answers that are not fresh ones of the target', function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;

  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await openBrowser();
    const { script, standaloneStyle: style } = await bundleReport();
    const file = path.join(temporaryFolder(), 'report.html');
    writeFileSync(file, [...htmlReport([markedReport()], { script, style })].join(''));
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(pathToFileURL(file).href);
  });
  after(() => browser?.close());

  it('says how many there are, and of what kind', async () => {
    const text = await shownText(page.locator('report-summary'));
    assert.match(
      text,
      /4 of 8 answers came from fallbacks: 1 cache, 1 fixed answer, 1 openai\/gpt-5-mini, 1 similar; they are not scored\./,
    );
    assert.match(text, /1 of 8 answers came from the cache, which was asked first\./);
    assert.match(text, /1 of 8 answers took more than one call\./);
    assert.match(text, /1 judge's verdict came from fallbacks: 1 openai\/gpt-5-mini/);
    await page.screenshot({ path: path.join(screenshots, 'report-marked-answers.png') });
  });

  it('marks each of them in its row', async () => {
    const rows = page.locator('result-table [role="row"]');
    assert.equal(await page.locator('result-table .icon-fallback').count(), 5);
    const similar = rows.filter({ hasText: 'similar' }).first();
    assert.match(
      (await similar.textContent()) ?? '',
      /answered by a fallback \(a stored reply to a question that is 96\.1 % alike/,
    );
    const retried = rows.filter({ hasText: 'retried' }).first();
    assert.match((await retried.locator('.status').getAttribute('title')) ?? '', /Answered after 3 calls/);
  });

  it('tells the whole story of one', async () => {
    await page.locator('result-table [role="row"]').filter({ hasText: 'the answer of cache' }).click();
    await page.getByRole('heading', { name: 'Details' }).waitFor();
    const text = await shownText(page.locator('case-drawer'));
    assert.match(
      text,
      /answered by a fallback \(a stored reply to the same request, 3 h 00 min old\), because the model did not answer: 503 the server is down/,
    );
    await page.screenshot({ path: path.join(screenshots, 'report-marked-answer.png') });

    await page.locator('result-table [role="row"]').filter({ hasText: 'judged' }).click();
    await page.getByText('answered by a fallback (openai/gpt-5-mini)').first().waitFor();
    await page.screenshot({ path: path.join(screenshots, 'report-marked-judge.png') });
  });
});
