import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import type { Locator } from 'playwright-core';
import { systemClock } from '../../src/engine/ports.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { expandRow, openReport, openViews, runSuite } from './steps.ts';

const PROMPT = 'You are a support agent of a bookshop. Answer in one sentence.';

/**
 * An instrumented agent: it says what its prompt knows, and sends a span of its own and one of the model's call. Started in a
 * terminal it is asked on its command line, by a run on its standard input.
 */
const AGENT = `import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const system = readFileSync('prompts/support.prompty', 'utf8').split('system:\\n')[1].split('\\nuser:')[0];
const asked = process.argv[2] ?? JSON.parse(readFileSync(0, 'utf8')).input;

const question = Array.isArray(asked) ? asked.at(-1).content : asked;
const answer = /5 days/.test(system) ? 'Refunds take 5 days.' : 'I do not know.';
const [id, parent] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
const traceId = process.env.TRACEPARENT?.split('-')[1] ?? randomBytes(16).toString('hex');
const nano = (ms) => String(Math.round((Date.now() + ms) * 1000)) + '000';
const text = (key, value) => ({ key, value: { stringValue: value } });
const said = (role, content) => ({ role, parts: [{ type: 'text', content }] });
const spans = [
  {
    traceId, spanId: parent, name: 'invoke_agent bookshop', kind: 1,
    startTimeUnixNano: nano(-900), endTimeUnixNano: nano(0),
    attributes: [text('gen_ai.operation.name', 'invoke_agent'), text('gen_ai.agent.name', 'bookshop')],
  },
  {
    traceId, spanId: id, parentSpanId: parent, name: 'chat gpt-5-mini', kind: 3,
    startTimeUnixNano: nano(-850), endTimeUnixNano: nano(-50),
    attributes: [
      text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'gpt-5-mini'),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '40' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '7' } },
      text('code.file.path', '/app/agent.mjs'), { key: 'code.line.number', value: { intValue: '8' } },
      text('gen_ai.input.messages', JSON.stringify([said('system', system), said('user', question)])),
      text('gen_ai.output.messages', JSON.stringify([said('assistant', answer)])),
    ],
  },
];
const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
if (endpoint) await fetch(endpoint + '/v1/traces', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ resourceSpans: [{ resource: { attributes: [text('service.name', 'bookshop')] }, scopeSpans: [{ spans }] }] }),
});
if (process.argv[2]) {
  writeFileSync('asked.txt', endpoint ?? 'nowhere');
  console.log('trace_id=' + traceId + ' answered');
} else process.stdout.write(JSON.stringify({ output: answer }));
`;

const FILES = {
  'touchstone.yaml': `suites:
  support:
    dataset: support.golden.yaml
    targets: [{ name: bookshop, command: [node, agent.mjs] }]
    evaluators: [{ contains: 5 days }]
    gate: { min_pass_rate: 1 }
`,
  'support.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: known, input: Do refunds take 5 days? }
`,
  'agent.mjs': AGENT,
  'prompts/support.prompty': `---\nname: support\n---\nsystem:\n${PROMPT}\nuser:\n{{question}}\n`,
};

describe('journey: from a bad answer to its cause, and back', function () {
  this.timeout(300_000);
  before(needsWorkbench);

  const open = () =>
    Workbench.open({
      folder: temporaryFolder(FILES),
      // A port of its own: the usual one is one for the whole machine.
      settings: {
        ...{ 'touchstone.traces.port': 0, 'touchstone.traces.receive': 'whenNeeded' },
        // Lines of the terminal can be found in the page only where no canvas draws them.
        'terminal.integrated.gpuAcceleration': 'off',
      },
      viewport: { width: 1400, height: 900 },
    });
  const services = ({ folder }: Workbench): AsyncDisposable => ({
    [Symbol.asyncDispose]: async () => void (await stopServices(folder, systemClock)),
  });
  const row = ({ page }: Workbench, text: string | RegExp): Locator =>
    page.locator('[id="workbench.parts.sidebar"] .monaco-list-row', { hasText: text }).first();

  /** In a new terminal, which has the endpoint by itself. */
  async function ask(workbench: Workbench, question: string): Promise<void> {
    const { page, folder } = workbench;
    await page.locator('.statusbar-item', { hasText: /:\d+/ }).first().waitFor({ timeout: 60_000 });
    await workbench.runCommand('Terminal: Create New Terminal');
    await eventually(async () => {
      await page.locator('.terminal-wrapper.active .xterm').first().click({ timeout: 3_000 });
      await page.keyboard.type(`"${process.execPath}" agent.mjs "${question}"\n`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.ok(existsSync(path.join(folder, 'asked.txt')));
    });
  }

  it('agent in the terminal → trace → message → prompt → case → run → fix → run', async () => {
    await using workbench = await open();
    await using _ = services(workbench);
    const { page, folder } = workbench;
    await openViews(workbench);
    await workbench.runCommand('Touchstone: Focus on Traces View');
    await ask(workbench, 'How long does my refund take?');

    const trace = row(workbench, /bookshop.*tokens/);
    await trace.waitFor({ timeout: 30_000 });
    await expandRow(workbench, trace);
    await workbench.screenshot('fix-1-trace');
    await clickId(workbench);

    const call = row(workbench, /gpt-5-mini.*40 → 7 tokens/);
    await call.click();
    const panel = await workbench.webview('touchstone-trace');
    await panel.getByText('How long does my refund take?').first().waitFor();
    await panel.getByText('I do not know.').first().waitFor();
    await workbench.screenshot('fix-2-message');
    await panel.getByText('Go to code').click();
    await page.locator('.tab.active', { hasText: 'agent.mjs' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'Ln 8, Col 1' }).waitFor();
    await call.click();
    await panel.getByText('Add to dataset…').click();
    await workbench.accept('support.golden.yaml');
    await page.locator('.tab.active', { hasText: 'Add 1 case from traces' }).waitFor();
    await workbench.screenshot('fix-3-case');
    await workbench.runCommand('Touchstone: Apply Edit');
    await eventually(() => {
      assert.match(
        readFileSync(path.join(folder, 'support.golden.yaml'), 'utf8'),
        /How long does my refund take\?/,
      );
    });

    await workbench.runCommand('View: Hide Panel');
    await runSuite(workbench, 'support');
    await workbench.runCommand('Touchstone: Focus on Runs View');
    const report = await openReport(workbench, '0 of 2 passed');
    await report.getByRole('heading', { name: 'Gate failed' }).waitFor();
    await report.locator('[role=row]', { hasText: 'refund' }).last().click();
    await report.getByRole('button', { name: 'Open trace' }).click();
    await page.locator('.tab.active', { hasText: /^case / }).waitFor();
    const own = await workbench.webview('touchstone-trace waterfall-grid');
    await own.locator('waterfall-grid [role=row]', { hasText: 'bookshop' }).first().waitFor();
    await own.locator('waterfall-grid [role=row]', { hasText: 'gpt-5-mini' }).first().waitFor();
    await workbench.screenshot('fix-4-own-spans');

    await own.locator('waterfall-grid [role=row]', { hasText: 'gpt-5-mini' }).first().click();
    await own.getByText('Go to prompt').click();
    await page.locator('.tab.active', { hasText: 'support.prompty' }).waitFor();
    await page.locator('.statusbar-item', { hasText: 'Ln 5, Col 1' }).waitFor();
    await workbench.screenshot('fix-5-prompt');
    await page.keyboard.press('End');
    await page.keyboard.type(' Refunds take 5 days.');
    await workbench.runCommand('File: Save');
    await eventually(() => {
      assert.match(
        readFileSync(path.join(folder, 'prompts/support.prompty'), 'utf8'),
        /one sentence\. Refunds/,
      );
    });

    await workbench.runCommand('View: Close All Editors');
    await runSuite(workbench, 'support');
    await workbench.runCommand('Touchstone: Focus on Runs View');
    const fixed = await openReport(workbench, '2 of 2 passed');
    await fixed.getByRole('heading', { name: 'Gate passed' }).waitFor();
    await workbench.screenshot('fix-6-passed');

    await fixed.locator('[role=row]', { hasText: 'known' }).last().click();
    await fixed.getByRole('button', { name: 'Compare steps…' }).click();
    await workbench.accept('0 of 1 passed');
    await page.locator('.tab.active', { hasText: 'Steps of known' }).waitFor();
    await page.locator('.view-line', { hasText: 'first divergence' }).first().waitFor();
    await workbench.screenshot('fix-7-steps');
  });

  /** The id that the agent wrote into the terminal leads to its trace. */
  async function clickId({ page }: Workbench): Promise<void> {
    const line = page.locator('.xterm-rows > div', { hasText: 'trace_id=' }).last();
    await eventually(async () => {
      const box = await line.boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + 120, box.y + box.height / 2);
      await page.mouse.move(box.x + 125, box.y + box.height / 2);
      await page.keyboard.down('Control');
      await page.mouse.click(box.x + 125, box.y + box.height / 2);
      await page.keyboard.up('Control');
      await page.locator('.tab.active', { hasText: 'bookshop' }).waitFor({ timeout: 4_000 });
    });
  }
});
