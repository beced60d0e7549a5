import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { openEngine } from '../../src/cli/openEngine.ts';
import { processEnvironment } from '../../src/engine/ports.ts';
import { htmlComparison } from '../../src/engine/reports/htmlComparison.ts';
import { loadWorkspace } from '../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { openBrowser } from './browser.ts';
import { bundleReport } from './reportBundle.ts';
import { shownText } from './shownText.ts';

const HOSTILE = '<img src=x onerror=alert(1)></script><script>alert(2)</script>{{7*7}}';

/** Every third case says please itself, so that the candidate loses the other two thirds. */
function files(cases: number): { [file: string]: string } {
  const prompt = (text: string) => `---\nname: ask\n---\nuser:\n${text} {{text}}\n`;
  const lines = Array.from({ length: cases }, (_, at) => {
    const text = at === 1 ? HOSTILE : at % 3 === 0 ? `please ${at}` : `hello ${at}`;
    return JSON.stringify({ id: `c${at}`, input: { text }, tags: [at % 2 === 0 ? 'even' : 'odd'] });
  });
  return {
    'touchstone.yaml': `suites:
  polite:
    dataset: x.golden.jsonl
    targets: [{ name: polite, echo: a.prompty }, { name: curt, echo: b.prompty }]
    evaluators: [{ contains: please }]
`,
    'x.golden.jsonl': `${['{"schema_version":"2.0.0","version":"1.0.0"}', ...lines].join('\n')}\n`,
    'a.prompty': prompt('please echo'),
    'b.prompty': prompt('echo'),
  };
}

describe('a comparison as a page of its own', () => {
  let browser: Browser;
  let folder: string;
  let assets: { script: string; style: string };
  let complaints: string[] = [];

  before(async () => {
    folder = temporaryFolder();
    browser = await openBrowser();
    const { compareScript: script, standaloneStyle: style } = await bundleReport();
    assets = { script, style };
  });
  after(async () => {
    await browser?.close();
  });

  /** Compares two prompts over so many cases, and opens the page. */
  async function open(cases: number, options: { dark?: boolean; width?: number } = {}): Promise<Page> {
    const { signal } = new AbortController();
    const root = temporaryFolder(files(cases));
    const workspace = await loadWorkspace({ root, environment: processEnvironment, signal });
    const engine = openEngine(workspace, { commands: false, scripts: false });
    const request = { baseline: 'polite', candidate: 'curt', overrides: {} };
    const [prepared] = await engine.prepareComparison(request, signal);
    assert.ok(prepared);
    const listener = { onStart: () => {}, onResults: () => {} };
    const { comparison } = await engine.compare(prepared, listener, {
      signal,
      sequential: false,
      reuse: false,
    });
    const file = path.join(folder, 'comparison.html');
    writeFileSync(file, [...htmlComparison(comparison, engine.store, assets)].join(''));
    engine.close();
    const viewport = { width: options.width ?? 1280, height: 900 };
    const page = await browser.newPage({ viewport, colorScheme: options.dark ? 'dark' : 'light' });
    complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  const shown = (page: Page) => shownText(page.locator('case-filters .shown'));

  it('tells the verdict with its evidence, and shows hostile texts as texts', async () => {
    const page = await open(30);
    const head = await shownText(page.locator('verdict-head'));
    for (const part of [
      'Worse',
      'The candidate is worse: it passes 33.3 % of the cases, the baseline 100.0 %',
      'Pass rate 100.0 % 33.3 % −66.7 points',
      'exact McNemar test',
    ])
      assert.ok(head.includes(part), `${part} is missing in: ${head}`);
    assert.equal(await shown(page), '20 of 30 cases');
    await page.getByRole('searchbox').fill('c1');
    await page.locator('case-table [aria-rowindex="2"]').click();
    await page.locator('pair-drawer del').first().waitFor();
    const drawer = await shownText(page.locator('pair-drawer'));
    assert.ok(drawer.includes(HOSTILE), drawer);
    assert.ok(drawer.includes('does not contain "please"'));
    assert.equal(await page.getByRole('button', { name: 'Mark as intended…' }).count(), 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('filters, orders, and is used by the keyboard alone', async () => {
    const page = await open(30, { dark: true });
    const choose = async (label: string, option: string) => {
      await page.locator(`vscode-single-select[title="${label}"]`).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    await choose('Change', 'Neutral');
    assert.equal(await shown(page), '10 of 30 cases');
    await choose('Tag', 'odd');
    assert.equal(await shown(page), '5 of 30 cases');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await choose('Change', 'All cases');
    await choose('Order', 'Dataset order');
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'c1', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('pair-drawer').waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('draws only what can be seen of 10,000 cases, and opens one by a click in the strip', async function () {
    this.timeout(120_000);
    const page = await open(10_000);
    assert.equal(await shown(page), '6,666 of 10,000 cases');
    assert.ok((await page.locator('case-table [role=row]').count()) < 80);
    assert.ok((await page.locator('difference-plots path').count()) < 10);
    await page.locator('.strip svg').click({ position: { x: 3, y: 20 } });
    await page.locator('pair-drawer del').first().waitFor();
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('fits a narrow window', async () => {
    const page = await open(30, { width: 380 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${overflow} pixels too wide`);
    await page.locator('case-table [aria-rowindex="2"]').click();
    await page.getByRole('button', { name: 'Close (Escape)' }).click();
    await page.close();
  });
});
