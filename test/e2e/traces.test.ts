import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import type { Locator } from 'playwright-core';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { otlpCaptures } from '../support/otlpCaptures.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { type Theme, Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { expandRow, openViews } from './steps.ts';

const WORKSPACE = {
  'support.golden.yaml':
    'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: first\n    input: Hello?\n',
  'touchstone.yaml': 'suites: {}\n',
  'prompts/support.prompty':
    '---\nname: support\n---\nsystem:\nYou are a support agent. Use the tools.\nuser:\n{{question}}\n',
  'src/agent.ts':
    'export function answer() {\n  return 42;\n}\n\nexport function refund() {\n  return answer();\n}\n',
  'logs/agent.log': 'ok\n',
};

const NOW = Date.now();

function span(
  traceId: string,
  spanId: string,
  parentSpanId: string | null,
  over: Partial<SpanRecord> = {},
): SpanRecord {
  return {
    ...{ traceId, spanId, parentSpanId, name: `span ${spanId}`, kind: 'internal' },
    ...{
      startMs: NOW,
      endMs: NOW + 1200,
      status: 'unset',
      attributes: {},
      events: [],
      links: [],
      service: 'support',
    },
    ...over,
  };
}

/** An agent that looks an order up, and fails. */
function agentTrace(traceId: string, session = 'order-4711', startMs = NOW): SpanRecord[] {
  return [
    span(traceId, 'a000000000000001', null, {
      ...{ name: 'invoke_agent refunds', startMs, endMs: startMs + 2400 },
      attributes: {
        ...{ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'refunds' },
        'gen_ai.conversation.id': session,
      },
    }),
    span(traceId, 'a000000000000002', 'a000000000000001', {
      ...{ name: 'chat gpt-5-mini', startMs: startMs + 50, endMs: startMs + 1000 },
      attributes: {
        ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5-mini' },
        ...{ 'gen_ai.usage.input_tokens': 812, 'gen_ai.usage.output_tokens': 143 },
        ...{ 'code.file.path': '/app/src/agent.ts', 'code.line.number': 5 },
        'gen_ai.input.messages': JSON.stringify([
          { role: 'system', parts: [{ type: 'text', content: 'You are a support agent. Use the tools.' }] },
          { role: 'user', parts: [{ type: 'text', content: 'Can I get a refund for order A1001?' }] },
        ]),
        'gen_ai.output.messages': JSON.stringify([
          {
            role: 'assistant',
            parts: [{ type: 'tool_call', id: 'c1', name: 'lookup_order', arguments: { order_id: 'A1001' } }],
          },
        ]),
      },
    }),
    span(traceId, 'a000000000000003', 'a000000000000001', {
      ...{ name: 'execute_tool lookup_order', startMs: startMs + 1000, endMs: startMs + 1400 },
      ...{ status: 'error', statusMessage: 'order not found' },
      attributes: {
        ...{ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup_order' },
        ...{ 'gen_ai.tool.call.arguments': '{"order_id":"A1001"}', 'gen_ai.tool.call.result': '"none"' },
      },
    }),
  ];
}

function append(folder: string, ...spans: SpanRecord[]): void {
  const store = new TraceStore(traceStorePath(folder));
  for (let at = 0; at < spans.length; at += 5_000) store.append(spans.slice(at, at + 5_000), []);
  while (store.sumUp().length > 0);
  store.close();
}

const ID = '0af7651916cd43dd8448eb211c80319c';

describe('journey: traces', function () {
  this.timeout(300_000);
  before(function () {
    needsWorkbench.call(this);
  });

  const row = ({ page }: Workbench, text: string | RegExp): Locator =>
    page.locator('[id="workbench.parts.sidebar"] .monaco-list-row', { hasText: text }).first();

  async function openTraces(workbench: Workbench): Promise<void> {
    await openViews(workbench);
    await workbench.runCommand('Touchstone: Focus on Traces View');
  }

  it('arrive live, lead from the tree to the message, the line of code and the prompt, and are found by their ids', async () => {
    await using workbench = await Workbench.open({ folder: temporaryFolder(WORKSPACE) });
    const { page, folder } = workbench;
    await openTraces(workbench);
    await page.getByText('No traces yet.').waitFor();
    await workbench.screenshot('traces-empty');

    // The children come before their parent.
    const [root, ...children] = agentTrace(ID);
    assert.ok(root);
    append(folder, ...children);
    const early = row(workbench, /lookup_order|gpt-5-mini/);
    await early.waitFor({ timeout: 20_000 });
    await workbench.screenshot('traces-early');
    append(folder, root);
    const session = row(workbench, 'order-4711');
    await session.waitFor({ timeout: 20_000 });
    await expandRow(workbench, session);
    const trace = row(workbench, /refunds.*tokens/);
    await expandRow(workbench, trace);
    const call = row(workbench, /gpt-5-mini.*812 → 143 tokens/);
    await call.waitFor();
    await workbench.screenshot('traces-tree');
    assert.match(
      (await row(workbench, 'lookup_order').getAttribute('aria-label')) ?? '',
      /Tool lookup_order, error, 400 ms · order not found/,
    );

    await call.click();
    const frame = await workbench.webview('touchstone-trace');
    await frame.getByText('Can I get a refund for order A1001?').first().waitFor();
    await workbench.screenshot('traces-panel');
    await frame.getByText('Go to code').click();
    await page.locator('.tab.active', { hasText: 'agent.ts' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'Ln 5, Col 1' }).waitFor();
    await workbench.screenshot('traces-code');

    await call.click();
    await frame.getByText('Go to prompt').click();
    await page.locator('.tab.active', { hasText: 'support.prompty' }).waitFor();

    await call.click();
    await frame.getByText('Add to dataset…').click();
    await workbench.accept('support.golden.yaml');
    await page.locator('.tab.active', { hasText: 'Add 1 case from traces' }).waitFor();
    await workbench.screenshot('traces-dataset');
    await workbench.runCommand('Touchstone: Apply Edit');
    await eventually(() => {
      const dataset = readFileSync(path.join(folder, 'support.golden.yaml'), 'utf8');
      assert.match(dataset, /Can I get a refund for order A1001\?/);
      assert.ok(dataset.includes(ID));
    });

    await workbench.runCommand('Touchstone: Open Trace…');
    await workbench.quickInput.locator('input').first().fill(ID.slice(0, 6));
    await workbench.accept('refunds');
    await page.locator('.tab.active', { hasText: 'refunds' }).waitFor();

    await page.keyboard.press('Escape');
    await workbench.runCommand('Touchstone: Filter Traces…');
    await workbench.accept('With errors');
    await row(workbench, 'order-4711').waitFor();
    await workbench.runCommand('Touchstone: Filter Traces…');
    await workbench.accept('Slower than…');
    await workbench.quickInput.locator('.quick-input-title', { hasText: 'so many seconds' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('No traces match the filter.').waitFor();
    await workbench.screenshot('traces-filtered');
  });

  const LOOKS: { name: string; theme: Theme; viewport: { width: number; height: number } }[] = [
    { name: 'light', theme: 'Default Light Modern', viewport: { width: 1400, height: 900 } },
    { name: 'contrast', theme: 'Default High Contrast', viewport: { width: 1280, height: 800 } },
    { name: 'narrow', theme: 'Default Dark Modern', viewport: { width: 640, height: 800 } },
  ];
  for (const { name, theme, viewport } of LOOKS) {
    it(`look right: ${name}`, async () => {
      const source = temporaryFolder(WORKSPACE);
      await using workbench = await Workbench.open({ folder: source, theme, viewport });
      append(
        workbench.folder,
        ...agentTrace(ID),
        ...otlpCaptures().flatMap(({ spans }) => spans),
        span('b'.repeat(32), 'b000000000000001', 'b000000000000009', {
          attributes: { 'session.id': 'order-4711' },
        }),
        span('b'.repeat(32), 'b000000000000002', 'b000000000000009', {}),
      );
      await openTraces(workbench);
      await expandRow(workbench, row(workbench, 'order-4711'));
      await expandRow(workbench, row(workbench, /refunds.*tokens/));
      await row(workbench, /gpt-5-mini.*812/).click();
      const frame = await workbench.webview('touchstone-trace');
      await frame.getByText('Can I get a refund for order A1001?').first().waitFor();
      await workbench.screenshot(`traces-${name}`);
    });
  }

  it('say why they cannot be read, in place of that there are none', async () => {
    await using workbench = await Workbench.open({ folder: temporaryFolder(WORKSPACE) });
    const { page, folder } = workbench;
    mkdirSync(path.join(folder, '.touchstone'));
    writeFileSync(traceStorePath(folder), 'no database '.repeat(1_000));
    await openTraces(workbench);
    await page.getByText(/Traces could not be read: .*traces\.db/).waitFor();
    await workbench.screenshot('traces-unread');
    assert.equal(await page.getByText('No traces yet.').isVisible(), false);
  });

  it('are marked where they failed, and no name turns its row round, in high contrast', async () => {
    const theme = 'Default High Contrast';
    await using workbench = await Workbench.open({ folder: temporaryFolder(WORKSPACE), theme });
    const [root, ...steps] = agentTrace(ID, 'failed');
    assert.ok(root);
    const agent = 'support \u202Egnp.exe';
    append(
      workbench.folder,
      { ...root, attributes: { ...root.attributes, 'gen_ai.agent.name': agent } },
      ...steps,
    );
    await openTraces(workbench);
    await expandRow(workbench, row(workbench, 'failed'));
    await row(workbench, 'support <U+202E>gnp.exe').waitFor();
    const marks = `[...document.querySelectorAll('.monaco-list-row .monaco-icon-label')]
      .filter((label) => label.textContent.includes('gnp.exe'))
      .map((label) => getComputedStyle(label, '::after').content)
      .join()`;
    // The editor asks for marks after it has drawn the row.
    await eventually(async () => assert.match(String(await workbench.page.evaluate(marks)), /!/));
    await workbench.screenshot('traces-failed-contrast');
  });

  it('stay quick with 100,000 spans', async () => {
    const source = temporaryFolder(WORKSPACE);
    await using workbench = await Workbench.open({ folder: source });
    const many = Array.from({ length: 4_000 }, (_, index) =>
      agentTrace(index.toString(16).padStart(32, '0'), `session ${index % 400}`, NOW - index * 1000),
    ).flat();
    const wide = Array.from({ length: 88_000 }, (_, index) =>
      span('f'.repeat(32), index.toString(16).padStart(16, '0'), index === 0 ? null : '0'.repeat(16), {
        startMs: NOW + index / 100,
        endMs: NOW + index / 100 + 5,
      }),
    );
    append(workbench.folder, ...many, ...wide);
    await openTraces(workbench);
    await row(workbench, 'session 0').waitFor();
    await workbench.screenshot('traces-huge');
    const trace = row(workbench, 'span 0000000000000000');
    await expandRow(workbench, trace);
    await row(workbench, '87,900 more…')
      .or(row(workbench, 'span 0000000000000001'))
      .first()
      .waitFor({ timeout: 60_000 });
    await workbench.screenshot('traces-huge-trace');
  });
});
