import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Board, ChartPoint } from '../../src/webview/monitor/monitorMessages.ts';
import { openBrowser } from './browser.ts';
import { MonitorPage, type MonitorPageOptions } from './monitorPage.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { NOON, sampleBoard, sampleMarks, sampleTrace } from './sampleBoard.ts';
import { shownText } from './shownText.ts';
import { HIGH_CONTRAST } from './themes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const traces = [sampleTrace(0, { title: '<img src=x onerror=alert(1)>' }), sampleTrace(1)];

describe('the monitor panel', () => {
  let browser: Browser;
  let bundle: ReportBundle;
  let panel: MonitorPage;

  before(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(panel.complaints, []);
    await panel.close();
  });

  async function open(board: Board = sampleBoard(), options: MonitorPageOptions = {}): Promise<Page> {
    panel = await MonitorPage.open(browser, bundle, { traces, ...options });
    await panel.show(board);
    return panel.page;
  }
  const chart = (page: Page, id: string) => page.locator(`metric-chart[data-chart=${id}]`);
  const over = (page: Page, id: string) => chart(page, id).locator('.u-over');
  /** Where a bucket of sixty lies on a canvas. */
  async function bucketAt(area: Locator, index: number): Promise<{ x: number; y: number }> {
    const box = await area.boundingBox();
    assert.ok(box);
    return { x: ((index + 0.5) / 60) * box.width, y: box.height / 2 };
  }
  async function until(check: () => void): Promise<void> {
    await panel.page.waitForFunction(() => new Promise((resolve) => setTimeout(() => resolve(true), 50)));
    check();
  }

  it('says each measure in words with its unit, and opens on the last hour', async () => {
    const page = await open();
    const figures = await page.locator('.headline').allInnerTexts();
    const expected = [
      /^2,415 calls$/,
      /^5\.\d %$/,
      /^p95 \d\.\d s$/,
      /^[\d,]+ tokens$/,
      /^\$\d\.\d\d$/,
      /^mean score 0\.\d\d$/,
    ];
    assert.equal(figures.length, expected.length);
    for (const [index, pattern] of expected.entries()) assert.match(figures[index] ?? '', pattern);
    assert.deepEqual(panel.received[1], {
      type: 'look',
      look: { range: { kind: 'last', ms: HOUR }, by: null, where: {} },
    });
    assert.equal(await page.getByRole('button', { pressed: true }).textContent(), '1 h');
  });

  it('asks for every range, grouping and filter that is chosen', async () => {
    const page = await open();
    const ranges = [
      ['5 min', 5 * MINUTE],
      ['6 h', 6 * HOUR],
      ['24 h', 24 * HOUR],
      ['7 d', 7 * 24 * HOUR],
      ['30 d', 30 * 24 * HOUR],
      ['1 year', 365 * 24 * HOUR],
    ] as const;
    for (const [label, ms] of ranges) {
      await page.getByText(label, { exact: true }).click();
      await until(() => assert.deepEqual(panel.last('look')?.look.range, { kind: 'last', ms }));
    }

    await page.locator('vscode-single-select').first().click();
    await page.getByRole('option', { name: 'By service' }).click();
    await until(() => assert.equal(panel.last('look')?.look.by, 'service'));
    await page.locator('vscode-single-select').nth(2).click();
    await page.getByRole('option', { name: 'gpt-5-nano' }).click();
    await until(() => assert.deepEqual(panel.last('look')?.look.where, { model: 'gpt-5-nano' }));
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await until(() => assert.deepEqual(panel.last('look')?.look.where, {}));
  });

  it('shows one moment in all charts at once', async () => {
    const page = await open();
    const area = over(page, 'traffic');
    await area.hover({ position: await bucketAt(area, 20) });
    for (const id of ['traffic', 'errors', 'latency', 'tokens', 'cost', 'quality'])
      assert.equal(await chart(page, id).locator('.legend .time').textContent(), '12:20', id);
    await page.mouse.move(2, 2);
    await chart(page, 'quality').getByText('Whole range').waitFor();
  });

  it('lists the traces behind a point that is clicked; opens one, adds them all, and closes by Escape', async () => {
    const page = await open();
    const area = over(page, 'quality');
    await area.click({ position: await bucketAt(area, 36) });
    const list = page.locator('trace-list');
    await list.locator('li').first().waitFor();
    const fromMs = NOON - HOUR + 36 * MINUTE;
    const point: ChartPoint = { chart: 'quality', fromMs, toMs: fromMs + MINUTE, where: {} };
    assert.deepEqual(panel.last('load-traces')?.point, point);
    const text = await shownText(list);
    for (const part of [
      'The lowest score first · 2 traces',
      '<img src=x onerror=alert(1)>',
      'score 0.10',
      '1 error',
    ])
      assert.ok(text.includes(part), `${part} is missing in: ${text}`);

    await list.locator('li button').first().click();
    await list.getByText('Add to dataset…').click();
    await until(() => {
      assert.equal(panel.last('open-trace')?.traceId, traces[0]?.traceId);
      assert.deepEqual(
        panel.last('add-to-dataset')?.traceIds,
        traces.map(({ traceId }) => traceId),
      );
    });
    await list.locator('h2').focus();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
  });

  it('is used with the keys alone: arrows, Home, End, Enter, Escape', async () => {
    const page = await open();
    const slider = page.getByRole('slider', { name: 'Latency over time' });
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    assert.match(
      (await slider.getAttribute('aria-valuetext')) ?? '',
      /^12:59: p50 [\d.]+ m?s, p95 [\d.]+ s, p99/,
    );
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^12:01: p50/);
    await page.keyboard.press('Enter');
    await page.locator('trace-list h2:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('trace-list').waitFor({ state: 'detached' });
    assert.ok(await slider.evaluate((one) => one.matches(':focus')));
    await page.keyboard.press('Escape');
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^Nov 30, 12:00 to 13:00: p95/);
  });

  it('zooms to what is dragged over, and back by a double click, which opens no list', async () => {
    const page = await open();
    const area = over(page, 'errors');
    const box = await area.boundingBox();
    assert.ok(box);
    const [from, to] = [await bucketAt(area, 10), await bucketAt(area, 30)];
    await page.mouse.move(box.x + from.x, box.y + from.y);
    await page.mouse.down();
    await page.mouse.move(box.x + to.x, box.y + to.y, { steps: 5 });
    await page.mouse.up();
    await until(() => assert.equal(panel.last('look')?.look.range.kind, 'between'));
    const zoomed = panel.last('look')?.look.range;
    assert.ok(zoomed?.kind === 'between');
    const off = (ms: number, index: number) => Math.abs(ms - (NOON - HOUR + (index + 0.5) * MINUTE));
    assert.ok(off(zoomed.fromMs, 10) < MINUTE && off(zoomed.toMs, 30) < MINUTE);

    await panel.send({ type: 'board', board: sampleBoard({ buckets: 20, toMs: NOON - 30 * MINUTE }) });
    await page.getByRole('button', { name: 'Zoom out' }).waitFor();
    await area.dblclick();
    await until(() => assert.deepEqual(panel.last('look')?.look.range, { kind: 'last', ms: HOUR }));
    assert.equal(panel.last('load-traces'), undefined);
    assert.equal(await page.getByRole('button', { name: 'Zoom out' }).count(), 0);
  });

  it('shows a chart as a table in which gaps are absent, and its times lead to the traces', async () => {
    const page = await open(sampleBoard({ gaps: (index) => index < 58 }));
    await page.getByRole('button', { name: 'Quality as a table' }).click();
    const table = chart(page, 'quality').getByRole('table');
    assert.deepEqual(await table.locator('thead th').allInnerTexts(), ['Time', 'mean', 'lowest', 'highest']);
    assert.deepEqual(await table.locator('tbody th').allInnerTexts(), ['12:59', '12:58']);
    await table.getByRole('button', { name: '12:58' }).click();
    await until(() => assert.equal(panel.last('load-traces')?.point.fromMs, NOON - 2 * MINUTE));
    assert.equal(await page.getByRole('button', { name: 'Quality as a table', pressed: true }).count(), 1);
  });

  it('names runs and alerts, and opens what is chosen', async () => {
    const page = await open(sampleBoard({ marks: sampleMarks() }));
    const marks = page.getByRole('region', { name: 'Runs and alerts' });
    assert.deepEqual(await marks.getByRole('button').allInnerTexts(), [
      'Alert low quality is resolved: mean score 0.91',
      'Alert low quality is firing: mean score 0.41, below 0.70',
      'Run of support: passed',
    ]);
    await marks.getByRole('button', { name: 'Run of support' }).click();
    await until(() => assert.equal(panel.last('open-run')?.runId, 'r1'));
    await marks.getByRole('button', { name: 'is firing' }).click();
    await page.locator('trace-list h2:focus').waitFor();
    const toMs = NOON - 24 * MINUTE;
    const point: ChartPoint = { chart: 'quality', fromMs: toMs - 2 * MINUTE, toMs, where: {} };
    assert.deepEqual(panel.last('load-traces')?.point, point);
  });

  it('draws a line for each series in its own dash, and says how many are left out', async () => {
    const labels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const page = await open(sampleBoard({ labels }), { theme: HIGH_CONTRAST });
    const legend = chart(page, 'latency').locator('.legend');
    const dashes = await legend
      .locator('line')
      .evaluateAll((all) => all.map((one) => one.getAttribute('stroke-dasharray')));
    assert.equal(dashes.length, 6);
    assert.equal(new Set(dashes).size, 6);
    assert.match(await shownText(legend), /2 smaller ones not shown/);
  });

  it('says why nothing is shown, and offers what helps', async () => {
    const page = await open(sampleBoard({ measures: [] }));
    await page.getByText(/Nothing was measured yet/).waitFor();
    await page.getByText('Copy endpoint').click();
    const off = { state: 'off' as const, text: 'Traces are not received.' };
    await panel.show({ ...sampleBoard({ measures: [] }), lastMs: NOON - 72 * HOUR }, off);
    await page.getByText('Start receiving').click();
    await page.getByText('The last measurement is from Nov 27 (UTC).').waitFor();
    await page.getByText('Show the last 7 days').click();
    await until(() => {
      assert.ok(panel.last('start-receiving') && panel.last('copy-endpoint'));
      assert.deepEqual(panel.last('look')?.look.range, { kind: 'last', ms: 7 * 24 * HOUR });
    });

    await panel.send({ type: 'failed', message: 'metrics.db: this is not a metric store' });
    await page.getByText('Metrics could not be read: metrics.db').waitFor();
    assert.equal(await page.getByText('Nothing was measured').count(), 0);
    await panel.show(sampleBoard());
    assert.equal(await page.getByText('Metrics could not be read').count(), 0);
  });

  it('says why the traces of a point could not be read, and waits no longer', async () => {
    const page = await open(sampleBoard({ gaps: (index) => index < 58 }));
    await page.getByRole('button', { name: 'Quality as a table' }).click();
    await chart(page, 'quality').getByRole('button', { name: '12:58' }).click();
    await until(() => assert.ok(panel.last('load-traces')));
    const point = panel.last('load-traces')?.point;
    assert.ok(point);
    await panel.send({ type: 'traces-failed', point, message: 'traces.db: the store is not a database' });
    await page.getByText('Traces could not be read: traces.db: the store is not a database').waitFor();
    assert.equal(await page.getByText('Looking for traces…').count(), 0);
  });

  it('keeps what a person set up, and comes back with it', async () => {
    const page = await open();
    await page.getByText('24 h', { exact: true }).click();
    await page.getByRole('button', { name: 'Cost as a table' }).click();
    const { state } = panel;
    assert.deepEqual(panel.complaints, []);
    await panel.close();
    await open(sampleBoard(), { state });
    assert.deepEqual(panel.last('look')?.look.range, { kind: 'last', ms: 24 * HOUR });
    await chart(panel.page, 'cost').getByRole('table').waitFor();
  });

  it('stays as it is where more comes: the cursor, the list and a table', async () => {
    const page = await open();
    const area = over(page, 'cost');
    await area.click({ position: await bucketAt(area, 5) });
    await page.locator('trace-list li').first().waitFor();
    await page.getByRole('slider', { name: 'Latency over time' }).focus();
    await page.keyboard.press('Home');
    const canvases = await page.locator('canvas').count();
    await panel.show(sampleBoard({ toMs: NOON + MINUTE }));
    assert.equal(await page.locator('trace-list li').count(), 2);
    assert.equal(await chart(page, 'latency').locator('.legend .time').textContent(), '12:01');
    assert.equal(await page.locator('canvas').count(), canvases);
  });

  it('draws a year of days for six services within the work of a few frames', async function () {
    this.timeout(60_000);
    const day = 24 * HOUR;
    const toMs = Math.floor(NOON / day) * day + day;
    const page = await open(
      sampleBoard({ buckets: 366, stepMs: day, toMs, labels: ['a', 'b', 'c', 'd', 'e', 'f'] }),
    );
    assert.equal(await page.locator('canvas').count(), 6);
    const slider = page.getByRole('slider', { name: 'Quality over time' });
    await slider.focus();
    await page.keyboard.press('End');
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^Nov 30 \(UTC\): a 0\.\d\d, b/);
    // Six canvases, and as many nodes as a short range has: points are no nodes.
    const nodes = await page.evaluate(
      () => document.querySelector('touchstone-monitor')?.shadowRoot?.querySelectorAll('*').length,
    );
    assert.ok((nodes ?? 0) < 200, `${nodes} nodes`);
  });

  it('draws the bucket that is not over yet', async () => {
    const board = sampleBoard({ gaps: (index) => index < 59 });
    const page = await open({ ...board, fromMs: board.fromMs - 50_000, toMs: board.toMs - 50_000 });
    const drawn = await chart(page, 'latency')
      .locator('canvas')
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const pixels =
          (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
        let blue = 0;
        for (let at = 0; at < pixels.length; at += 4)
          if ((pixels[at + 2] ?? 0) > 200 && (pixels[at] ?? 0) < 120 && (pixels[at + 3] ?? 0) > 200)
            blue += 1;
        return blue;
      });
    // The dot of p50; the axis follows the values.
    assert.ok(drawn > 10, `${drawn} pixels`);
  });

  it('ignores what is not part of the protocol', async () => {
    const page = await open();
    await panel.send({ type: 'board', board: { look: 1 } }, { type: 'unknown' });
    assert.equal(await page.locator('canvas').count(), 6);
    assert.equal(panel.complaints.splice(0).length, 2);
  });
});
