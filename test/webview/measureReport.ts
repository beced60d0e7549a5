// Prints how long the report page takes with 50,000 results. Limits are named, not asserted: machines differ.
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { htmlReport } from '../../src/engine/reports/htmlReport.ts';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { openBrowser } from './browser.ts';
import { manyResults } from './manyResults.ts';
import { Panel } from './panel.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { rowsMessages, runMessage } from './reportMessages.ts';

const ROWS = 50_000;
/** As the engine process sends them. */
const BATCH = 1000;

const report = manyResults(ROWS);
const bundle = await bundleReport();
const browser = await openBrowser();
await measurePanel(browser, bundle, report);
await measureFile(browser, bundle, report);
await browser.close();

async function measurePanel(browser: Browser, bundle: ReportBundle, report: RunReport): Promise<void> {
  const panel = await Panel.open(browser, bundle);
  const messages = JSON.stringify([runMessage(report), ...rowsMessages(report, BATCH)]);
  const arrival = await panel.page.evaluate(async (text) => {
    const all = JSON.parse(text) as unknown[];
    const start = performance.now();
    let first = 0;
    const grid = () => document.querySelector('touchstone-report')?.shadowRoot?.querySelector('result-table');
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let longest = 0;
    for (const message of all) {
      window.postMessage(message, '*');
      const before = performance.now();
      await frame();
      longest = Math.max(longest, performance.now() - before);
      if (first === 0 && grid()?.shadowRoot?.querySelector('[aria-rowindex="2"]'))
        first = performance.now() - start;
    }
    return { first, whole: performance.now() - start, longest };
  }, messages);
  say('panel: first row after the first message', arrival.first, 'ms', 200);
  say(`panel: all ${ROWS} rows, one batch of ${BATCH} a frame`, arrival.whole, 'ms', 3000);
  say('panel: longest frame while they arrive', arrival.longest, 'ms', 100);
  await measureScroll(panel.page);
  await measureFilter(panel.page);
  await panel.close();
}

async function measureScroll(page: Page): Promise<void> {
  const frames = await page.getByRole('grid').evaluate(async (grid) => {
    const times: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let step = 0; step < 400; step += 1) {
      // A wheel that spins quickly, and a jump by the scroll bar every twentieth frame.
      grid.scrollTop = step % 20 === 0 ? (step / 400) * grid.scrollHeight : grid.scrollTop + 240;
      const now = await new Promise<number>(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  });
  const at = (share: number) => frames[Math.floor(share * (frames.length - 1))] ?? Number.NaN;
  say('panel: scroll frame, median', at(0.5), 'ms', 17);
  say('panel: scroll frame, 95 %', at(0.95), 'ms', 34);
  say('panel: scroll frame, longest', at(1), 'ms', 100);
}

async function measureFilter(page: Page): Promise<void> {
  const search = page.getByRole('searchbox');
  const took = await search.evaluate(async (input: HTMLInputElement) => {
    const start = performance.now();
    input.value = 'friday';
    input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return performance.now() - start;
  });
  say('panel: a search over all rows, drawn', took, 'ms', 150);
}

async function measureFile(browser: Browser, bundle: ReportBundle, report: RunReport): Promise<void> {
  const folder = temporaryFolder();
  const file = path.join(folder, 'report.html');
  const started = performance.now();
  const handle = openSync(file, 'w');
  const assets = { script: bundle.script, style: bundle.standaloneStyle };
  for (const piece of htmlReport([report], assets)) writeSync(handle, piece);
  closeSync(handle);
  say('file: written', performance.now() - started, 'ms', 5000);
  say('file: size', statSync(file).size / 1024 / 1024, 'MB', 150);
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
  const row = page.locator('[aria-rowindex="2"]');
  await row.waitFor();
  say('file: first row after opening', await page.evaluate(() => performance.now()), 'ms', 1500);
  await page.locator(`[aria-rowcount="${ROWS + 1}"]`).waitFor();
  say('file: all rows', await page.evaluate(() => performance.now()), 'ms', 6000);
  await page.close();
}

function say(what: string, value: number, unit: string, limit: number): void {
  const mark = value <= limit ? 'within' : 'OVER';
  console.log(
    `${what.padEnd(56)} ${value.toFixed(1).padStart(9)} ${unit}   ${mark} the limit of ${limit} ${unit}`,
  );
}
