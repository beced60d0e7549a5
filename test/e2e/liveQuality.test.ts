import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import { prepareDemoWorkspace } from '../../scripts/demoLive/demoWorkspace.ts';
import { LiveAgent } from '../../scripts/demoLive/liveAgent.ts';
import { LiveReceiver } from '../../scripts/demoLive/liveReceiver.ts';
import { sendTraffic } from '../../scripts/demoLive/traffic.ts';
import { AlertStore } from '../../src/engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { freePort } from '../support/freePort.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openViews } from './steps.ts';

const ALERT = 'low-quality';
/** Traffic, windows of alerts and a busy machine take their time, in milliseconds. */
const PATIENCE_MS = 120_000;

describe('journey: live quality', function () {
  this.timeout(600_000);
  before(needsWorkbench);

  /** The sample workspace with monitors and alerts. */
  function liveWorkspace(): string {
    const folder = temporaryFolder();
    cpSync(path.join(import.meta.dirname, '..', '..', 'datasets'), folder, { recursive: true });
    prepareDemoWorkspace(folder);
    return folder;
  }

  /** The agent with its customers, until it is disposed. */
  async function startAgent(endpoint: string): Promise<{ agent: LiveAgent } & AsyncDisposable> {
    const agent = await LiveAgent.start(endpoint, 1);
    const ended = new AbortController();
    const traffic = sendTraffic({ agent, rate: 5, seed: 1, signal: ended.signal });
    return {
      agent,
      [Symbol.asyncDispose]: async () => {
        ended.abort();
        await traffic;
        await agent.stop();
      },
    };
  }

  /** What the alert did, in order. */
  function transitions(folder: string): string[] {
    const store = new AlertStore(alertStorePath(folder), { access: 'read' });
    try {
      const all = store.transitionsAfter(0, 1_000).filter(({ notice }) => notice.rule === ALERT);
      return all.map(({ notice }) => notice.kind);
    } finally {
      store.close();
    }
  }

  const marks = (frame: Frame) => frame.getByRole('region', { name: 'Runs and alerts' });

  it('falls, fires once, leads to the worst traces and into a dataset; recovers, and is resolved once, also over a crash', async () => {
    const port = await freePort();
    await using workbench = await Workbench.open({
      folder: liveWorkspace(),
      viewport: { width: 1600, height: 1000 },
      settings: { 'touchstone.traces.port': port, 'touchstone.traces.receive': 'whenNeeded' },
    });
    const { page, folder } = workbench;
    const receiver = await LiveReceiver.start(folder, port);
    await using _receiver = { [Symbol.asyncDispose]: () => receiver.stop() };
    await using running = await startAgent(receiver.endpoint);
    const { agent } = running;

    await openViews(workbench);
    await workbench.runCommand('Touchstone: Focus on Traces View');
    await workbench.runCommand('Touchstone: Open Monitor');
    const frame = await workbench.webview('touchstone-monitor');
    await frame.getByText('5 min', { exact: true }).click();
    const quality = frame.locator('metric-chart[data-chart=quality]');
    await quality
      .locator('.headline', { hasText: /mean score (1\.00|0\.9\d)/ })
      .waitFor({ timeout: PATIENCE_MS });
    await workbench.screenshot('live-quality-good');

    await agent.release(0.9);
    await marks(frame).getByText(`Alert ${ALERT} is firing`).waitFor({ timeout: PATIENCE_MS });
    await workbench.screenshot('live-quality-falls');
    await workbench.notification(new RegExp(`${ALERT}.*mean score 0\\.`));
    await workbench.screenshot('live-quality-notification');
    await page.keyboard.press('Escape');
    const sidebar = page.locator('[id="workbench.parts.sidebar"]');
    await sidebar
      .locator('.monaco-list-row', { hasText: /score 0\.\d\d/ })
      .first()
      .waitFor();

    // The process that receives, evaluates and alerts is killed: another one goes on where it was.
    const { pid } = JSON.parse(readFileSync(path.join(folder, '.touchstone', 'services.json'), 'utf8')) as {
      pid: number;
    };
    process.kill(pid, 'SIGKILL');
    await eventually(() => {
      const lease = JSON.parse(readFileSync(path.join(folder, '.touchstone', 'services.json'), 'utf8')) as {
        pid: number;
      };
      assert.notEqual(lease.pid, pid);
    });

    await marks(frame)
      .getByRole('button', { name: `Alert ${ALERT} is firing` })
      .click();
    const list = frame.locator('trace-list');
    await list.getByText('The lowest score first').waitFor();
    await list
      .locator('li', { hasText: /score 0\.\d\d/ })
      .first()
      .waitFor();
    await workbench.screenshot('live-quality-traces');
    await list.locator('li button').first().click();
    const trace = await workbench.webview('touchstone-trace');
    await trace.getByText('Add to dataset…').or(trace.locator('waterfall-grid')).first().waitFor();
    await trace.locator('waterfall-grid .rows [role=row]').first().click();
    await workbench.screenshot('live-quality-trace');
    await trace.getByText('Add to dataset…').click();
    await workbench.accept('support.golden.yaml');
    await page.locator('.tab.active', { hasText: 'Add 1 case from traces' }).waitFor();
    await workbench.screenshot('live-quality-dataset');

    await agent.release(0);
    await workbench.runCommand('Touchstone: Open Monitor');
    const again = await workbench.webview('touchstone-monitor');
    await marks(again).getByText(`Alert ${ALERT} is resolved`).waitFor({ timeout: PATIENCE_MS });
    await workbench.screenshot('live-quality-recovers');
    assert.deepEqual(transitions(folder), ['firing', 'resolved']);
  });
});
