import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { largeTrace } from '../support/largeTrace.ts';
import { otlpCaptures } from '../support/otlpCaptures.ts';
import { spanRecord } from '../support/spanRecord.ts';
import { openBrowser } from './browser.ts';
import { bundleReport, type ReportBundle } from './reportBundle.ts';
import { shownText } from './shownText.ts';
import { DARK, HIGH_CONTRAST } from './themes.ts';
import { TracePage, type TracePageOptions } from './tracePage.ts';

const folder = path.join(import.meta.dirname, '..', '..', 'screenshots');

const HOSTILE = '<img src=x onerror=alert(1)></script><script>alert(2)</script>{{7*7}}';

const span = (spanId: string, parentSpanId: string | null, over: Partial<SpanRecord> = {}) =>
  spanRecord({ traceId: 'a', spanId, parentSpanId, ...over });

const conversation = (): SpanRecord[] => {
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-5-mini',
    'gen_ai.usage.input_tokens': 812,
    'gen_ai.usage.output_tokens': 143,
    'gen_ai.input.messages': JSON.stringify([
      { role: 'system', parts: [{ type: 'text', content: 'You are a support agent.' }] },
      { role: 'user', parts: [{ type: 'text', content: `Refund for A1001? ${HOSTILE}` }] },
    ]),
    'gen_ai.output.messages': JSON.stringify([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'lookup_order', arguments: { order_id: 'A1001' } }],
      },
    ]),
    'gen_ai.system': 'openai',
    'code.file.path': 'src/agent.ts',
    'code.line.number': 12,
  };
  return [
    span('root', null, {
      name: 'invoke_agent support',
      endMs: 4000,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' },
    }),
    span('call', 'root', {
      attributes: call,
      events: [
        {
          ...{ name: 'gen_ai.evaluation.result', timeMs: 1800 },
          attributes: {
            ...{ 'gen_ai.evaluation.name': 'relevance', 'gen_ai.evaluation.score.value': 0.4 },
            ...{ 'gen_ai.evaluation.score.label': 'fail', 'gen_ai.evaluation.explanation': 'off topic' },
          },
        },
      ],
    }),
    span('tool', 'root', {
      ...{ startMs: 2000, endMs: 2500, status: 'error', statusMessage: 'order not found' },
      attributes: {
        ...{ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup_order' },
        ...{ 'gen_ai.tool.call.arguments': '{"order_id":"A1001"}', 'gen_ai.tool.call.result': '"none"' },
      },
    }),
    span('lost', 'gone', { startMs: 3000, endMs: 3500 }),
    span('lost2', 'gone', { startMs: 3200, endMs: 3600 }),
  ];
};

describe('the trace panel', () => {
  let browser: Browser;
  let bundle: ReportBundle;
  let panel: TracePage;

  before(async () => {
    mkdirSync(folder, { recursive: true });
    [browser, bundle] = await Promise.all([openBrowser(), bundleReport()]);
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(panel.complaints, []);
    await panel.close();
  });

  async function open(spans: SpanRecord[], options: TracePageOptions = {}): Promise<Page> {
    panel = await TracePage.open(browser, bundle, options);
    const line = {
      timeMs: 1500,
      level: 'warn' as const,
      message: 'cache miss',
      traceId: 'a',
      spanId: 'call',
      fields: { key: 'A1001' },
    };
    await panel.show(spans, spans.some(({ spanId }) => spanId === 'call') ? [line] : []);
    return panel.page;
  }
  const row = (page: Page, text: string | RegExp) =>
    page.locator('waterfall-grid [role=row]', { hasText: text });

  it('shows the figures of the trace, and every span on a line with its place', async () => {
    const page = await open(conversation());
    const head = await shownText(page.locator('trace-summary'));
    for (const part of ['support', 'Spans 5', 'Errors 1', '812 in 143 out', '$0.00081', 'Lowest score 0.40'])
      assert.ok(head.includes(part), `${part} is missing in: ${head}`);
    const lines = await page.locator('waterfall-grid .rows [role=row]').allInnerTexts();
    const flat = lines.map((line) => line.replace(/\s+/g, ' ').trim());
    assert.equal(flat.length, 6);
    assert.match(flat[1] ?? '', /gpt-5-mini score 0.40 1.0 s 812 → 143 \$0.00081/);
    assert.match(flat[2] ?? '', /tool, error lookup_order 500 ms/);
    assert.match(flat[3] ?? '', /Missing span not received 600 ms/);
    const levels = await page
      .locator('waterfall-grid .rows [role=row]')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('aria-level')));
    assert.deepEqual(levels, ['1', '2', '2', '1', '2', '2']);
  });

  it('shows a model call as a conversation, with its evaluation, log lines and convention; hostile texts stay texts', async () => {
    const page = await open(conversation());
    await row(page, 'gpt-5-mini').click();
    const drawer = page.locator('span-drawer');
    await drawer.getByText('Log lines').waitFor();
    const text = await shownText(drawer);
    for (const part of [
      'You are a support agent.',
      HOSTILE,
      'lookup_order',
      'A1001',
      'relevance · 0.40 · fail',
      'off topic',
      'cache miss',
      'gen_ai.system is deprecated',
      'src/agent.ts:12',
    ])
      assert.ok(text.includes(part), `${part} is missing in: ${text}`);
    await drawer.getByText('Go to code').click();
    await drawer.getByText('As it was received').click();
    await drawer.getByText('"spanId": "call"').waitFor();
    await drawer.getByRole('button', { name: 'Copy' }).first().click();
    await page.waitForFunction(() => true);
    assert.ok(panel.received.some((message) => message.type === 'action' && message.action === 'go-to-code'));
    const copied = panel.received.find((message) => message.type === 'copy');
    assert.ok(copied?.type === 'copy' && copied.text.includes('You are a support agent.'));
  });

  it('shows a tool with what it was given, what came of it and why it failed', async () => {
    const page = await open(conversation());
    await row(page, 'lookup_order').click();
    const text = await shownText(page.locator('span-drawer'));
    for (const part of ['order not found', 'Arguments', '"order_id": "A1001"', 'Result', 'none'])
      assert.ok(text.includes(part), `${part} is missing in: ${text}`);
  });

  it('is used with the keys alone: arrows, Home, End, +, −, 0, Enter, Escape', async () => {
    const page = await open(conversation());
    const grid = page.getByRole('treegrid');
    await grid.focus();
    const cursor = () => shownText(grid.locator('.row.cursor'));
    await page.keyboard.press('End');
    assert.match(await cursor(), /span lost2/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await cursor(), /Missing span/);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await grid.locator('.rows [role=row]').count(), 4);
    assert.equal(await grid.locator('.row.cursor').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Home');
    assert.match(await cursor(), /support/);
    await page.keyboard.press('ArrowRight');
    assert.match(await cursor(), /gpt-5-mini/);

    const marks = () => shownText(grid.locator('.scale'));
    const whole = await marks();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: 'Whole trace' }).waitFor();
    assert.notEqual(await marks(), whole);
    await page.keyboard.press('0');
    assert.equal(await marks(), whole);

    await page.keyboard.press('Enter');
    await page.locator('span-drawer h2:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('span-drawer').waitFor({ state: 'detached' });
    assert.ok(await grid.evaluate((one) => one.matches(':focus')));
  });

  it('finds spans by their names and errors, with what is above them', async () => {
    const page = await open(conversation());
    await page.getByRole('searchbox').fill('lookup');
    await page.locator('.shown', { hasText: '2 spans shown' }).waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Show only errors' }).click();
    await page.locator('.shown', { hasText: '2 spans shown' }).waitFor();
  });

  it('takes in what comes later: the cursor, the open span and what was closed stay', async () => {
    const page = await open(conversation());
    await row(page, 'gpt-5-mini').click();
    await page.locator('span-drawer').getByText('Log lines').waitFor();
    await panel.show([span('gone', 'root', { startMs: 2900, endMs: 3700 })]);
    await row(page, 'span gone').waitFor();
    assert.equal(await page.getByText('Missing span').count(), 0);
    assert.match(await shownText(page.locator('span-drawer h2')), /gpt-5-mini/);
    assert.equal(await page.locator('waterfall-grid .row[aria-selected=true]').count(), 1);
  });

  it('shows a span that it is asked to, and says when there is no trace', async () => {
    const page = await open(largeTrace(300));
    await panel.send({ type: 'reveal', spanId: 's250' });
    await page.locator('span-drawer h2', { hasText: 'm' }).waitFor();
    await page.locator('waterfall-grid .row.cursor').waitFor();
    await panel.send({ type: 'missing', traceId: 'b', message: 'Nothing is stored of this trace.' });
    await page.getByText('Nothing is stored of this trace.').waitFor();
  });

  it('draws 5,000 spans at once as quickly as a few: only lines in sight exist', async function () {
    this.timeout(60_000);
    const page = await open(largeTrace(5_000));
    const drawn = await page.locator('waterfall-grid .rows [role=row]').count();
    assert.ok(drawn < 80, `${drawn} lines exist`);
    // Work of a frame, not its time: the machine may be busy.
    const made = await page.getByRole('treegrid').evaluate(async (grid) => {
      let nodes = 0;
      const observer = new MutationObserver((records) => {
        for (const { addedNodes } of records) nodes += addedNodes.length;
      });
      observer.observe(grid, { childList: true, subtree: true });
      for (let step = 1; step <= 40; step += 1) {
        grid.scrollTop = (grid.scrollHeight / 41) * step;
        await new Promise(requestAnimationFrame);
      }
      await new Promise(requestAnimationFrame);
      observer.disconnect();
      return nodes / 40;
    });
    assert.ok(made < 2_000, `${made} nodes a frame`);
    assert.equal(
      await page.locator('waterfall-grid .rows [role=row]', { hasText: 'm' }).first().isVisible(),
      true,
    );
  });

  it('reads every capture without a complaint', async function () {
    this.timeout(120_000);
    panel = await TracePage.open(browser, bundle);
    for (const { spans, logs } of otlpCaptures()) {
      for (const traceId of new Set(spans.map((one) => one.traceId))) {
        const own = spans.filter((one) => one.traceId === traceId);
        await panel.show(
          own,
          logs.filter((one) => one.traceId === traceId),
        );
        const rows = panel.page.locator('waterfall-grid .rows [role=row]');
        await rows.last().click();
        await panel.page.locator('span-drawer').getByText('Raw JSON').waitFor();
      }
    }
  });

  const looks: { name: string; options?: TracePageOptions; spans?: SpanRecord[]; click?: string }[] = [
    { name: 'dark', click: 'gpt-5-mini', options: { width: 1400, height: 900 } },
    { name: 'tool', click: 'lookup_order', options: { width: 1400, height: 900 } },
    { name: 'contrast', click: 'gpt-5-mini', options: { theme: HIGH_CONTRAST, width: 1400, height: 900 } },
    { name: 'narrow', options: { width: 400, height: 700 } },
    { name: 'narrow-span', click: 'gpt-5-mini', options: { width: 400, height: 1200 } },
    { name: 'medium', options: { width: 800, height: 700 } },
    { name: 'huge', options: { theme: DARK, width: 1280, height: 800 }, spans: largeTrace(5_000) },
  ];

  for (const { name, options = {}, spans = conversation(), click } of looks) {
    it(`draws ${name} without a complaint, and nothing is wider than the page`, async function () {
      this.timeout(60_000);
      const page = await open(spans, options);
      if (click !== undefined) {
        await row(page, click).click();
        await page.locator('span-drawer').getByText('Raw JSON').waitFor();
      }
      await page.screenshot({ path: path.join(folder, `trace-${name}.png`) });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
    });
  }
});
