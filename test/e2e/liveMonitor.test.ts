import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { type MeasuredCall, measure } from '../support/measured.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type Theme, Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openViews } from './steps.ts';

const WORKSPACE = {
  'touchstone.yaml': 'suites: {}\n',
  'support.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: first\n    input: Hello?\n',
};

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** When the test began: the panel shows the hour before it is looked at. */
let now = 0;

/** Calls of the last hour; from 25 to 15 minutes ago they were slow and wrong. */
function lastHour(): MeasuredCall[] {
  return Array.from({ length: 55 * 6 }, (_, index) => {
    const minutesAgo = 1 + index / 6;
    const bad = minutesAgo > 15 && minutesAgo < 25;
    const wave = 1 + 0.3 * Math.sin(index / 9);
    return {
      timeMs: now - minutesAgo * MINUTE,
      labels: { service: index % 3 === 0 ? 'checkout' : 'support', model: 'gpt-5-mini', operation: 'chat' },
      values: {
        ...{ errors: bad && index % 4 === 0 ? 1 : 0, durationMs: 700 * wave * (bad ? 4 : 1) },
        ...{
          inputTokens: Math.round(800 * wave),
          outputTokens: Math.round(120 * wave),
          costUsd: 0.0004 * wave,
        },
        score: bad ? 0.3 : 0.92,
      },
    };
  });
}

/** A year of days. */
function lastYear(): MeasuredCall[] {
  return Array.from({ length: 360 }, (_, index) => ({
    timeMs: now - index * DAY,
    labels: { service: 'support', model: 'gpt-5-mini', operation: 'chat' },
    values: { errors: index % 50 === 0 ? 1 : 0, durationMs: 500 + 200 * Math.sin(index / 20), score: 0.9 },
  }));
}

function trace(traceId: string, startMs: number, input: string): SpanRecord {
  return {
    ...{
      traceId,
      spanId: traceId.slice(0, 16),
      parentSpanId: null,
      name: 'invoke_agent support',
      kind: 'internal',
    },
    ...{ startMs, endMs: startMs + 2800, status: 'unset', events: [], links: [], service: 'support' },
    attributes: {
      ...{ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support' },
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: input }] }]),
    },
  };
}

function append(folder: string, ...spans: SpanRecord[]): void {
  const store = new TraceStore(traceStorePath(folder));
  store.append(spans, []);
  while (store.sumUp().length > 0);
  store.close();
}

describe('journey: the Monitor panel', function () {
  this.timeout(300_000);
  before(needsWorkbench);
  beforeEach(() => {
    now = Date.now();
  });

  async function openMonitor(workbench: Workbench): Promise<Frame> {
    await workbench.runCommand('Touchstone: Open Monitor');
    const frame = await workbench.webview('touchstone-monitor');
    await frame.locator('.charts, .empty').first().waitFor();
    return frame;
  }

  it('opens from the Traces view, and leads from a point to the worst traces, to one of them and into a dataset', async () => {
    await using workbench = await Workbench.open({
      folder: temporaryFolder(WORKSPACE),
      viewport: { width: 1500, height: 900 },
    });
    const { page, folder } = workbench;
    measure(folder, lastHour());
    append(
      folder,
      ...Array.from({ length: 8 }, (_, index) =>
        trace(String(index + 1).repeat(32), now - (18 + index / 10) * MINUTE, `Where is my parcel ${index}?`),
      ),
    );
    await openViews(workbench);
    await workbench.runCommand('Touchstone: Focus on Traces View');
    await page
      .locator('[id="workbench.parts.sidebar"] .monaco-list-row', { hasText: 'support' })
      .first()
      .waitFor();
    const pane = page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Traces' }) });
    // Its buttons are shown while the pointer is over it.
    await pane.hover();
    await pane.getByRole('button', { name: 'Open Monitor' }).first().click();
    const frame = await workbench.webview('touchstone-monitor');
    await frame.locator('.headline', { hasText: '330 calls' }).waitFor();
    await workbench.screenshot('live-monitor');

    const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const minute = new Date(now - 18.5 * MINUTE).toLocaleTimeString('en', time);
    const slider = frame.getByRole('slider', { name: 'Latency over time' });
    await slider.focus();
    for (let left = 70; left > 0; left -= 1) {
      await page.keyboard.press('ArrowLeft');
      if ((await slider.getAttribute('aria-valuetext'))?.startsWith(minute)) break;
    }
    await page.keyboard.press('Enter');
    const list = frame.locator('trace-list');
    await list.locator('li').first().waitFor();
    await workbench.screenshot('live-monitor-traces');
    await list.getByText('Add to dataset…').click();
    await workbench.accept('support.golden.yaml');
    await page.locator('.tab.active', { hasText: /Add \d cases? from traces/ }).waitFor();
    await workbench.screenshot('live-monitor-dataset');

    await workbench.runCommand('Touchstone: Open Monitor');
    const again = await workbench.webview('touchstone-monitor');
    await again.locator('trace-list li button').first().click();
    await page.locator('.tab.active', { hasText: 'support' }).waitFor();
    await (await workbench.webview('touchstone-trace')).locator('h1', { hasText: 'support' }).waitFor();
    await workbench.screenshot('live-monitor-trace');
  });

  it('shows what comes while it is looked at, without a click', async () => {
    await using workbench = await Workbench.open({ folder: temporaryFolder(WORKSPACE) });
    const frame = await openMonitor(workbench);
    await frame.getByText('Nothing was measured yet').waitFor();
    await workbench.screenshot('live-monitor-empty');
    measure(workbench.folder, lastHour().slice(0, 12));
    await frame.locator('.headline', { hasText: '12 calls' }).waitFor({ timeout: 20_000 });
    measure(workbench.folder, lastHour().slice(0, 30));
    await frame.locator('.headline', { hasText: '42 calls' }).waitFor({ timeout: 20_000 });
  });

  it('offers to receive where nothing is received', async () => {
    await using workbench = await Workbench.open({ folder: temporaryFolder(WORKSPACE) });
    const frame = await openMonitor(workbench);
    await frame.getByText('Traces are not received.').waitFor();
    assert.equal(await frame.getByText('Start receiving', { exact: true }).count(), 1);
  });

  const LOOKS: { name: string; theme: Theme; viewport: { width: number; height: number }; range?: string }[] =
    [
      { name: 'light', theme: 'Default Light Modern', viewport: { width: 1500, height: 900 } },
      { name: 'contrast', theme: 'Default High Contrast', viewport: { width: 1500, height: 900 } },
      { name: 'narrow', theme: 'Default Dark Modern', viewport: { width: 640, height: 900 } },
      { name: 'year', theme: 'Default Dark Modern', viewport: { width: 1500, height: 900 }, range: '1 year' },
    ];
  for (const { name, theme, viewport, range } of LOOKS) {
    it(`looks right: ${name}`, async () => {
      await using workbench = await Workbench.open({ folder: temporaryFolder(WORKSPACE), theme, viewport });
      measure(workbench.folder, [...lastHour(), ...(range === undefined ? [] : lastYear())]);
      const frame = await openMonitor(workbench);
      if (range !== undefined) await frame.getByText(range, { exact: true }).click();
      await frame
        .locator('.headline', { hasText: range === undefined ? '330 calls' : '690 calls' })
        .waitFor();
      await workbench.screenshot(`live-monitor-${name}`);
    });
  }
});
