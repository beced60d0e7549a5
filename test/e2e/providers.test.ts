import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { type OpenAiServer, startOpenAiServer } from '../support/openaiServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { type Theme, Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { expandRow, openReport, openViews, runSuite } from './steps.ts';

const CASES = 30;
/** After so many answers the provider is gone. */
const ALIVE = 12;

const LOOKS: { name: string; theme: Theme; viewport: { width: number; height: number } }[] = [
  { name: 'light', theme: 'Default Light Modern', viewport: { width: 1280, height: 800 } },
  { name: 'contrast-narrow', theme: 'Default High Contrast', viewport: { width: 620, height: 800 } },
];

describe('journey: a provider that dies in the middle', function () {
  this.timeout(240_000);
  let spare: OpenAiServer;
  const dying: OpenAiServer[] = [];
  before(async function () {
    needsWorkbench.call(this);
    spare = await startOpenAiServer(() => ({ text: 'an answer of the spare' }));
  });
  after(async () => {
    for (const server of [spare, ...dying]) await server?.close();
  });

  /** A workspace whose provider answers some calls and then refuses all. */
  async function workspace(fallbacks: string): Promise<string> {
    const server = await startOpenAiServer((_request, index) =>
      index < ALIVE ? { text: 'an answer' } : { status: 503, message: 'upstream connect error' },
    );
    dying.push(server);
    const cases = Array.from({ length: CASES }, (_, at) => `  - { id: c${at}, input: Question ${at} }`);
    return temporaryFolder({
      'touchstone.yaml': `
providers:
  cloud: { base_url: "${server.baseUrl}", resilience: { breaker: { failures: 3, open_s: 300 }, retry: false } }
  spare: { base_url: "${spare.baseUrl}" }
bulkheads: { target: { max_concurrency: 2, tokens_per_hour: 1000000 } }
${fallbacks}
suites:
  answers:
    dataset: a.golden.yaml
    targets: [{ name: one, prompt: p.prompty, model: cloud/one }]
    evaluators: [{ contains: answer }]
    max_concurrency: 2
    gate: { min_pass_rate: 0.3 }
`,
      'p.prompty': 'user:\n{{input}}\n',
      'a.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases.join('\n')}\n`,
    });
  }

  it('goes on with its fallback; view, status bar, report and terminal tell the same story', async () => {
    const folder = await workspace('fallbacks: { cloud/one: [spare/two] }');
    await using workbench = await Workbench.open({ folder });
    const { page } = workbench;
    await openViews(workbench);
    await runSuite(workbench, 'answers');

    const warning = page.locator('.statusbar-item', { hasText: 'cloud: circuit open' });
    await warning.waitFor({ timeout: 60_000 });
    await warning.click();
    const row = (text: string | RegExp) => page.locator('.monaco-list-row', { hasText: text }).first();
    await row(/cloud.*open until/).waitFor();
    await row(/spare/).waitFor();
    await expandRow(workbench, row(/cloud.*open until/));
    await row(/Circuit breaker.*open until .* failures in a row/).waitFor();
    const label = await row(/cloud.*open until/).getAttribute('aria-label');
    assert.match(label ?? '', /^Provider cloud: open until .* failures in a row/);
    await workbench.screenshot('providers-open');

    const told = `${CASES - ALIVE} of ${CASES} answers came from fallbacks: ${CASES - ALIVE} spare/two`;
    const report = await openReport(workbench, /passed/);
    await report.getByText(told).first().waitFor();
    await workbench.screenshot('providers-report');
    const { out } = await touchstone(workbench.folder, 'show', 'latest');
    assert.ok(out.includes(told), out);

    await workbench.runCommand('Touchstone: Reset Provider…');
    await workbench.accept('cloud');
    await warning.waitFor({ state: 'hidden' });
    await row(/cloud.*ready/).waitFor();
    await workbench.runCommand('Touchstone: Isolate Provider…');
    await workbench.accept('cloud');
    await row(/cloud.*isolated by you/).waitFor();
    await page.locator('.statusbar-item', { hasText: 'cloud: isolated' }).waitFor();
    await workbench.screenshot('providers-isolated');
  });

  it('stops where there is no fallback, and says when to go on', async () => {
    await using workbench = await Workbench.open({ folder: await workspace('') });
    const { page } = workbench;
    await openViews(workbench);
    await runSuite(workbench, 'answers');
    await page.locator('.statusbar-item', { hasText: 'cloud: circuit open' }).waitFor({ timeout: 60_000 });
    await page
      .locator('.monaco-list-row', { hasText: /interrupted at \d+ of 30/ })
      .first()
      .waitFor();
    const why = /cloud\/one: the circuit breaker is open after .*; continue after \d{4}-/;
    await workbench.notification(new RegExp(`answers stopped after \\d+ of 30 trials: ${why.source}`));
    await workbench.screenshot('providers-stopped');
    const report = await openReport(workbench, /interrupted at/);
    await report
      .getByText(new RegExp(`trials of the run are missing: ${why.source}`))
      .first()
      .waitFor();
    await workbench.screenshot('providers-stopped-report');
    const { out } = await touchstone(workbench.folder, 'show', 'latest');
    assert.match(out, /incomplete: 12 passed/);
    assert.match(out, why);
  });

  it('says of a folder without a configuration that nothing was called yet', async () => {
    await using workbench = await Workbench.open({
      folder: temporaryFolder({ 'notes.md': 'Nothing here.' }),
    });
    const { page } = workbench;
    await workbench.runCommand('Touchstone: Show Providers');
    await page
      .locator('.monaco-list-row', { hasText: /openai.*not called yet/ })
      .first()
      .waitFor();
    await workbench.screenshot('providers-empty');
  });

  for (const { name, theme, viewport } of LOOKS) {
    it(`shows the view: ${name}`, async () => {
      const folder = await workspace('fallbacks: { cloud/one: [spare/two] }');
      await using workbench = await Workbench.open({ folder, theme, viewport });
      const { page } = workbench;
      await openViews(workbench);
      await runSuite(workbench, 'answers');
      await page.locator('.statusbar-item', { hasText: 'cloud: circuit open' }).waitFor({ timeout: 60_000 });
      await workbench.runCommand('Touchstone: Show Providers');
      await page
        .locator('.monaco-list-row', { hasText: /cloud.*open until/ })
        .first()
        .waitFor();
      await workbench.screenshot(`providers-${name}`);
    });
  }
});
