import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench, type WorkbenchOptions } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

const SCREENSHOTS = path.join(import.meta.dirname, '..', '..', 'screenshots');
const TRACE = '5b8efff798038103d269b633813fc60c';

/** An instrumented agent, as far as a receiver can tell. */
const AGENT = `
import { writeFileSync } from 'node:fs';
const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'nowhere';
writeFileSync('endpoint-' + process.argv[2] + '.txt', endpoint);
const time = String(Date.now()) + '000000';
const span = { traceId: '${TRACE}', spanId: 'eee19b7ec3c1b174', name: 'chat', kind: 3, startTimeUnixNano: time, endTimeUnixNano: time };
if (endpoint.startsWith('http')) await fetch(endpoint + '/v1/traces', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
});
`;

const FILES = {
  'touchstone.yaml': `suites:
  answers:
    dataset: a.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: answer }]
`,
  'a.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases: [{ id: one, input: Question }]
`,
  'agent.mjs': AGENT,
};

describe('journey: an agent is started in the terminal, and its trace is there', function () {
  this.timeout(240_000);
  before(needsWorkbench);

  /** A port of its own: the usual one is one for the whole machine. */
  async function open(settings: object, more: WorkbenchOptions = {}): Promise<Workbench> {
    return Workbench.open({
      folder: temporaryFolder(FILES),
      ...more,
      settings: { 'touchstone.traces.port': 0, ...settings },
    });
  }

  /** Ends the process that outlives the window. */
  const services = ({ folder }: Workbench): AsyncDisposable => ({
    [Symbol.asyncDispose]: async () => void (await stopServices(folder, systemClock)),
  });

  const status = ({ page }: Workbench, text: string | RegExp) =>
    page.locator('.statusbar-item', { hasText: text }).first();

  /** Runs the agent in a new terminal; returns the endpoint that it was told. */
  async function runAgent(workbench: Workbench, name: string): Promise<string> {
    const { page, folder } = workbench;
    const file = path.join(folder, `endpoint-${name}.txt`);
    await workbench.runCommand('Terminal: Create New Terminal');
    await eventually(async () => {
      await page.locator('.terminal-wrapper.active .xterm').first().click({ timeout: 3_000 });
      await page.keyboard.type(`"${process.execPath}" agent.mjs ${name}\n`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      assert.ok(existsSync(file));
    });
    return readFileSync(file, 'utf8');
  }

  it('without any setting', async () => {
    await using workbench = await open({ 'touchstone.traces.receive': 'whenNeeded' });
    await using _ = services(workbench);
    await status(workbench, /:\d+/).waitFor({ timeout: 60_000 });

    const endpoint = await runAgent(workbench, 'here');
    assert.match(endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
    await eventually(() => {
      const store = new TraceStore(traceStorePath(workbench.folder), { access: 'read' });
      try {
        assert.equal(store.records(TRACE).spans.length, 1);
      } finally {
        store.close();
      }
    });
    await status(workbench, `:${new URL(endpoint).port} · 1 span`).waitFor();
    await workbench.screenshot('traces-received');
  });

  it('in every window of the workspace, which share the receiver', async () => {
    await using workbench = await open({ 'touchstone.traces.receive': 'whenNeeded' });
    await using _ = services(workbench);
    const { page } = workbench;
    await status(workbench, /:\d+/).waitFor({ timeout: 60_000 });
    const port = /:(\d+)/.exec((await status(workbench, /:\d+/).textContent()) ?? '')?.[1];

    const second = await workbench.openWindow();
    const there = second.locator('.statusbar-item', { hasText: `:${port}` }).first();
    await there.waitFor({ timeout: 60_000 });
    for (const window of [page, second]) {
      await window.locator('.activitybar [aria-label^="Touchstone"]').first().click();
      await window.locator('.pane-header', { hasText: 'Traces' }).waitFor();
    }

    await runAgent(workbench, 'shared');
    const trace = '[id="workbench.parts.sidebar"] .monaco-list-row';
    for (const window of [page, second])
      await window.locator(trace, { hasText: /^chat/ }).first().waitFor({ timeout: 30_000 });
    await second
      .locator('.statusbar-item', { hasText: `:${port} · 1 span` })
      .first()
      .waitFor();
    await second.screenshot({ path: path.join(SCREENSHOTS, 'traces-second-window.png') });
  });

  it('with one click, where a setting says that traces are not received; and stops', async () => {
    await using workbench = await open(
      { 'touchstone.traces.receive': 'off' },
      { theme: 'Default Light Modern' },
    );
    await using _ = services(workbench);
    await status(workbench, 'Traces off').click({ timeout: 60_000 });
    const item = status(workbench, /:\d+/);
    await item.waitFor({ timeout: 60_000 });
    await item.click();
    await workbench.choices.filter({ hasText: 'Receiving traces on' }).first().waitFor();
    await workbench.screenshot('traces-services');

    await workbench.accept('Stop Receiving Traces');
    await status(workbench, 'Traces off').waitFor();
    assert.equal(await runAgent(workbench, 'after'), 'nowhere');
  });

  it('never where the workspace is not trusted', async () => {
    await using workbench = await open({ 'touchstone.traces.receive': 'always' }, { trusted: false });
    const { page } = workbench;
    await page.locator('.activitybar [aria-label^="Touchstone"]').first().click();
    await page.locator('.monaco-list-row', { hasText: 'a.golden.yaml' }).first().waitFor();
    await workbench.openPalette('>Start Receiving Traces');
    await workbench.choices.first().waitFor();
    assert.equal(
      await workbench.choices.filter({ hasText: 'Touchstone: Start Receiving Traces' }).count(),
      0,
    );
    assert.ok(!existsSync(path.join(workbench.folder, '.touchstone', 'services.json')));
    assert.equal(await status(workbench, /Traces off|:\d+/).count(), 0);
  });
});
