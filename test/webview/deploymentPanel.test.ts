import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Locator, Page } from 'playwright-core';
import type { DeploymentEntry } from '../../src/protocol/deploymentEntries.ts';
import { keeping, paused, rolledBack, starting, watching } from '../support/deploy/deploymentEntries.ts';
import { openBrowser } from './browser.ts';
import { DeploymentPage, type DeploymentPageOptions } from './deploymentPage.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { HIGH_CONTRAST, LIGHT } from './themes.ts';

const screenshots = path.join(import.meta.dirname, '..', '..', 'screenshots');
const EVIL = '<img src=x onerror=alert(1)>';

/** Long names and reasons, a hundred entries, many clauses. */
const long: DeploymentEntry = {
  ...watching,
  deployment: 'a-deployment-with-a-name-that-nobody-would-want-to-type-twice-in-a-day',
  green: { name: `support-${'x'.repeat(160)}`, what: `release/${'y'.repeat(300)}` },
  explanation: [`The gate is undecided: ${'the reason goes on and on; '.repeat(30)}`],
  journal: Array.from({ length: 60 }, (_, at) => {
    return {
      seq: at + 1,
      kind: 'effect',
      atMs: watching.sinceMs + at * 1_000,
      by: 'controller',
      text: `entry ${at + 1}`,
    };
  }),
};

describe('the deployment panel', () => {
  let browser: Browser;
  let bundle: ReportBundle;
  let panel: DeploymentPage;

  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(panel.complaints, []);
    await panel.close();
  });

  async function open(entry: DeploymentEntry, options: DeploymentPageOptions = {}): Promise<Page> {
    panel = await DeploymentPage.open(browser, bundle, options);
    // What counts down has a minute left whenever the test runs.
    const untilMs = entry.untilMs === null ? null : Date.now() + 90_000;
    await panel.show({ ...entry, untilMs });
    return panel.page;
  }
  const textOf = async (shown: Locator): Promise<string> => (await shown.allInnerTexts()).join('\n');
  const text = (page: Page) => textOf(page.locator('main, .empty').first());

  it('shows the steps as a list with the one that is watched, and its countdown', async () => {
    const page = await open(watching);
    const steps = page.getByRole('listitem').filter({ has: page.locator('.dot') });
    assert.equal(await steps.count(), 6);
    const here = page.locator('[aria-current=step]');
    assert.match(await textOf(here), /10 %\s+(1 min 30 s|1 min 2\d s) left/);
    const before = await textOf(here);
    await page.waitForFunction(
      (was) =>
        document.querySelector('touchstone-deployment')?.shadowRoot?.querySelector('[aria-current=step]')
          ?.textContent !== was,
      before,
    );
    assert.equal(await page.getByRole('img', { name: 'Traffic: blue 90 %, green 10 %' }).count(), 1);
  });

  it('shows blue beside green with intervals, and what was not measured as that', async () => {
    const page = await open(watching);
    const row = (name: string) => page.getByRole('row', { name });
    assert.match(await textOf(row('Errors')), /0\.3 % \(0\.1–1\.8\), 1 error\s+0\.0 % \(0\.0–10\.3\)/);
    assert.match(await textOf(row('Samples of this step')), /34 of 30: 30 gateway, 4 golden cases/);
    await panel.show(paused);
    assert.match(await textOf(row('Errors')), /0\.3 %.*not measured/s);
    await panel.show(starting);
    assert.equal(await row('Errors').count(), 0);
    assert.match(await text(page), /Nothing was measured yet/);
  });

  it('offers what makes sense now, by the keyboard too', async () => {
    const page = await open(watching);
    const actions = page.getByRole('group', { name: 'Actions' }).locator('vscode-button');
    assert.deepEqual(await actions.allInnerTexts(), ['Promote…', 'Pause', 'Abort and roll back…']);
    await actions.nth(1).focus();
    await page.keyboard.press('Enter');
    await actions.nth(2).click();
    assert.deepEqual(panel.received.slice(1), [
      { type: 'act', action: 'pause' },
      { type: 'act', action: 'rollback' },
    ]);
    await panel.show({ ...starting, actions: ['abort'] });
    assert.deepEqual(await actions.allInnerTexts(), ['Abort and roll back…']);
    await panel.show(rolledBack);
    assert.deepEqual(await actions.allInnerTexts(), ['Deploy…']);
  });

  it('leads from what failed to its traces', async () => {
    const page = await open(rolledBack);
    assert.match(await text(page), /rolled back at step 2 of 6/);
    await page.getByRole('button', { name: /^Open trace 4bf92f/ }).click();
    assert.deepEqual(panel.received.at(-1), {
      type: 'open-trace',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
    assert.match(await textOf(page.locator('.clause', { hasText: 'max_error_increase' })), /^fail:/);
  });

  it('says what somebody else has changed, and that nobody controls it', async () => {
    const page = await open({ ...paused, controller: null });
    const notices = await page.locator('.notice').allInnerTexts();
    assert.match(notices[0] ?? '', /Nobody controls this deployment/);
    assert.match(notices[1] ?? '', /Changed by somebody else: The route has a third target/);
  });

  it('shows few entries of a long journal until all are asked for, and remembers that', async () => {
    const page = await open(long);
    const entries = page.locator('.journal li');
    assert.equal(await entries.count(), 8);
    assert.match(await textOf(entries.first()), /entry 60/);
    await page.getByRole('button', { name: 'Show all 60' }).click();
    assert.equal(await entries.count(), 60);
    assert.deepEqual(panel.state, { version: 1, deployment: long.deployment, wholeJournal: true });
  });

  it('shows text from versions, journals and gates as text', async () => {
    const page = await open({
      ...watching,
      deployment: EVIL,
      where: EVIL,
      blue: { name: EVIL, what: EVIL },
      green: { name: EVIL, what: EVIL },
      states: { blue: EVIL, green: EVIL },
      drift: [EVIL],
      explanation: [EVIL],
      report: watching.report && {
        ...watching.report,
        clauses: [{ name: EVIL, status: 'fail', reason: EVIL }],
      },
      journal: [{ seq: 1, kind: 'note', atMs: 0, by: EVIL, text: EVIL }],
    });
    assert.equal(await page.locator('img').count(), 0);
  });

  it('says so where nothing is known of it', async () => {
    panel = await DeploymentPage.open(browser, bundle);
    await panel.send({ type: 'absent', deployment: 'support' });
    assert.match(await text(panel.page), /Nothing is known of support/);
    await panel.page.locator('vscode-button').click();
    assert.deepEqual(panel.received.at(-1), { type: 'act', action: 'start' });
  });

  const LOOKS: { name: string; entry: DeploymentEntry; options?: DeploymentPageOptions }[] = [
    { name: 'dark', entry: watching },
    { name: 'light', entry: rolledBack, options: { theme: LIGHT, width: 1400 } },
    { name: 'high-contrast', entry: paused, options: { theme: HIGH_CONTRAST, width: 1400 } },
    { name: 'medium', entry: keeping, options: { width: 800 } },
    { name: 'narrow', entry: watching, options: { width: 380, theme: LIGHT } },
    { name: 'long', entry: long, options: { width: 800 } },
    { name: 'starting', entry: starting, options: { width: 1400, theme: LIGHT } },
  ];
  for (const { name, entry, options } of LOOKS) {
    it(`fits its panel: ${name}`, async () => {
      const page = await open(entry, options);
      const [inner, outer] = await page.evaluate(() => {
        const main = document.querySelector('touchstone-deployment')?.shadowRoot?.querySelector('main');
        return [main?.scrollWidth ?? 0, main?.clientWidth ?? 0];
      });
      assert.ok(inner <= outer, `${inner} px of ${outer}`);
      await page.screenshot({ path: path.join(screenshots, `deployment-panel-${name}.png`) });
    });
  }
});
