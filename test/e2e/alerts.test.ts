import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { servicesFiles } from '../../src/engine/attach/servicesFiles.ts';
import { readLease } from '../../src/engine/attach/servicesLease.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { sendTraces, until } from '../support/servicesProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type Theme, Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

const LOOKS: { name: string; theme: Theme; viewport: { width: number; height: number } }[] = [
  { name: 'dark', theme: 'Default Dark Modern', viewport: { width: 1280, height: 800 } },
  { name: 'contrast-narrow', theme: 'Default High Contrast', viewport: { width: 620, height: 800 } },
];

const CONFIG = `
alerts:
  failing:
    when: error rate > 50%
    over: 15s
    description: Look at the orders service first.
  slow: { when: p95 latency > 8s, over: 10m, by: model }
  silence: { when: calls < 1, over: 1h, severity: info }
`;

/** The services process of a folder, which ends with the test. */
class ServedFolder implements AsyncDisposable {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  endpoint(): Promise<string> {
    return until(() => {
      const receives = readLease(servicesFiles(this.#root).lease)?.receives;
      assert.ok(receives);
      return `http://127.0.0.1:${receives.port}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopServices(this.#root, systemClock);
  }
}

/** Requests of an agent of one span each. */
class Agent {
  readonly #endpoint: string;
  #requests = 0;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  async ask(failed: boolean): Promise<void> {
    this.#requests += 1;
    const id = createHash('sha256').update(String(this.#requests)).digest('hex');
    const time = `${Date.now()}000000`;
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const span = {
      ...{ traceId: id.slice(0, 32), spanId: id.slice(0, 16), name: 'invoke_agent support', kind: 1 },
      ...{ startTimeUnixNano: time, endTimeUnixNano: time },
      attributes: [
        attribute('gen_ai.operation.name', 'invoke_agent'),
        attribute('gen_ai.agent.name', 'support'),
        attribute('gen_ai.request.model', 'gpt-5-mini'),
      ],
      status: failed ? { code: 2, message: 'orders service: 503' } : { code: 1 },
    };
    const resource = { attributes: [attribute('service.name', 'support-agent')] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
    assert.equal(await sendTraces(this.#endpoint, body), 200);
  }
}

describe('journey: an alert fires, and is over', function () {
  this.timeout(240_000);
  before(needsWorkbench);

  for (const { name, theme, viewport } of LOOKS)
    it(`tells what fires, shows the traces behind it, and is muted and resolved: ${name}`, async () => {
      await using workbench = await Workbench.open({
        folder: temporaryFolder({ 'touchstone.yaml': CONFIG }),
        ...{ theme, viewport, settings: { 'touchstone.traces.port': 0 } },
      });
      await using services = new ServedFolder(workbench.folder);
      const { page } = workbench;
      await workbench.runCommand('Touchstone: Show Alerts');
      const row = (text: string | RegExp) => page.locator('.monaco-list-row', { hasText: text }).first();
      await row('Alerts are not watched now').click();
      const agent = new Agent(await services.endpoint());
      await agent.ask(false);
      await row(/failing.*fine/).waitFor({ timeout: 60_000 });
      await row('Alerts are not watched now').waitFor({ state: 'detached' });
      await workbench.screenshot(`alerts-${name}-fine`);

      for (let count = 0; count < 4; count += 1) await agent.ask(true);
      await row(/failing.*firing/).waitFor({ timeout: 60_000 });
      await page.locator('.statusbar-item', { hasText: 'failing' }).first().waitFor();
      await row(/support.*score|support.*·/).waitFor();
      await workbench.screenshot(`alerts-${name}-firing`);

      const told = await workbench.notification('failing: error rate');
      await workbench.screenshot(`alerts-${name}-told`);
      await told.getByRole('button', { name: 'Show Traces' }).click();
      await workbench.choices.first().waitFor();
      await workbench.screenshot(`alerts-${name}-traces`);
      await page.keyboard.press('Enter');
      const panel = await workbench.webview('touchstone-trace');
      await panel.getByText('support').first().waitFor();
      await workbench.screenshot(`alerts-${name}-trace`);

      await workbench.runCommand('Touchstone: Mute Alert…');
      await workbench.accept('failing');
      await workbench.accept('1 hour');
      await workbench.quickInput.locator('input').first().fill('the orders service is being restarted');
      await page.keyboard.press('Enter');
      await page.locator('.statusbar-item', { hasText: 'failing' }).first().waitFor({ state: 'detached' });
      await workbench.runCommand('Touchstone: Show Alerts');
      await row(/failing.*muted until/).waitFor();
      await workbench.screenshot(`alerts-${name}-muted`);

      // What was told is told as resolved, although it is muted.
      for (let left = 60; left > 0 && !(await row(/failing.*resolved/).isVisible()); left -= 1) {
        await agent.ask(false);
        await systemClock.sleep(1_000);
      }
      await workbench.notification('failing is resolved');
      await row(/failing.*resolved/).waitFor();
      await workbench.screenshot(`alerts-${name}-resolved`);
    });

  it('says why alerts cannot be read, in place of that there are none', async () => {
    await using workbench = await Workbench.open({ folder: temporaryFolder({ 'touchstone.yaml': CONFIG }) });
    const { page, folder } = workbench;
    mkdirSync(path.join(folder, '.touchstone'));
    writeFileSync(alertStorePath(folder), 'no database '.repeat(1_000));
    await workbench.runCommand('Touchstone: Show Alerts');
    await page.getByText(/Alerts could not be read: .*alerts\.db/).waitFor();
    await workbench.screenshot('alerts-unread');
    assert.equal(await page.getByText('No alerts are configured.').isVisible(), false);
  });
});
