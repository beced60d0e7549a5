import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/gateway/scriptedUpstream.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

/** An application that knows nothing of Touchstone. Its last word is written once all of its requests were answered. */
const AGENT = `
import { writeFileSync } from 'node:fs';
const [, , name, count] = process.argv;
for (let at = 0; at < Number(count); at += 1) {
  const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'support', messages: [{ role: 'user', content: name + ' ' + at }] }),
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync('said-' + name + '.txt', at + ' ' + response.status + ' ' + (await response.text()));
}
writeFileSync('done-' + name + '.txt', '');
`;

const configOf = ({ baseUrl }: ScriptedUpstream): string => `
providers:
  local: { base_url: ${baseUrl} }
suites:
  polite:
    dataset: live.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: welcome }]
    gate: { min_pass_rate: 0.9 }
gateway:
  routes:
    support: { model: support, to: local/old, fallbacks: [local/new] }
`;

/** The newer model is polite. */
const provider = (): Promise<ScriptedUpstream> =>
  startScriptedUpstream(({ json }) => {
    const content = json?.['model'] === 'new' ? 'You are welcome.' : 'No.';
    return {
      body: JSON.stringify({
        ...{ id: 'chatcmpl-1', object: 'chat.completion', model: json?.['model'] },
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
      }),
    };
  });

describe('journey: live requests test the next model', function () {
  this.timeout(240_000);
  before(needsWorkbench);

  it('starts the gateway, mirrors an agent of the terminal, sees the verdict, and keeps the pairs', async () => {
    const upstream = await provider();
    await using workbench = await Workbench.open({
      folder: temporaryFolder({
        'touchstone.yaml': configOf(upstream),
        'live.golden.yaml':
          'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: one, input: Hello }\n',
        'agent.mjs': AGENT,
      }),
      settings: { 'touchstone.traces.port': 0, 'touchstone.gateway.port': 0 },
    });
    await using _ = {
      [Symbol.asyncDispose]: async () => {
        await stopServices(workbench.folder, systemClock);
        await upstream.close();
      },
    };
    const { page, folder } = workbench;
    const row = (text: string | RegExp) => page.locator('.monaco-list-row', { hasText: text }).first();
    const begin = async (name: string, count: number): Promise<void> => {
      await page.locator('.terminal-wrapper.active .xterm').first().click();
      // The first key may come before the terminal has the focus.
      await page.keyboard.type(`  ${process.execPath} agent.mjs ${name} ${count}\n`);
    };
    const ask = async (name: string, count: number): Promise<void> => {
      await begin(name, count);
      await eventually(() => assert.ok(existsSync(path.join(folder, `done-${name}.txt`))));
    };

    await workbench.runCommand('Touchstone: Start Gateway…');
    await page
      .locator('.statusbar-item', { hasText: /Gateway :\d+/ })
      .first()
      .waitFor({ timeout: 60_000 });
    await row(/support/).waitFor();
    await workbench.runCommand('Terminal: Create New Terminal');
    await page.locator('.terminal-wrapper.active .xterm').first().waitFor();
    await ask('before', 3);
    assert.match(readFileSync(path.join(folder, 'said-before.txt'), 'utf8'), /^2 200 .*No\./);
    // The view of this journey gets the room of the others.
    for (const name of ['Prompts', 'Datasets', 'Traces'])
      await page.locator('.pane-header', { hasText: name }).first().click();
    await row(/local\/old.*3 requests/).waitFor();
    await workbench.screenshot('gateway-started');

    await workbench.runCommand('Touchstone: Mirror to…');
    await workbench.accept('local/new');
    await workbench.accept('100.0 %');
    await workbench.accept('polite');
    await row(/Shadow: local\/new/).waitFor();
    // Copies are made in some slices of time and not in others, so that the latencies can be compared.
    await begin('live', 100_000);
    await row(/Shadow: local\/new.*better/).waitFor({ timeout: 90_000 });
    await page.locator('.terminal-wrapper.active .xterm').first().click();
    await page.keyboard.press('Control+C');
    // Another process has stored it.
    await row(/^Comparisons/).waitFor();
    await workbench.screenshot('gateway-verdict');

    await workbench.runCommand('Touchstone: Open Shadow Comparison');
    const panel = await workbench.webview('touchstone-comparison');
    await panel.getByText('Better').first().waitFor();
    await workbench.screenshot('gateway-comparison');

    await workbench.runCommand('Touchstone: Promote Shadow Pairs to Dataset…');
    await workbench.accept('All pairs');
    await workbench.accept('The answer of the shadow');
    await workbench.accept('live.golden.yaml');
    await workbench.runCommand('Touchstone: Apply Edit');
    await eventually(() =>
      assert.match(readFileSync(path.join(folder, 'live.golden.yaml'), 'utf8'), /You are welcome/),
    );
    await workbench.screenshot('gateway-promoted');

    await workbench.runCommand('Touchstone: Stop Gateway');
    await page
      .locator('.statusbar-item', { hasText: /Gateway :\d+/ })
      .first()
      .waitFor({ state: 'detached' });
  });
});
