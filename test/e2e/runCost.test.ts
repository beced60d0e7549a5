import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

const PROVIDER = `providers:
  dear: { base_url: "http://127.0.0.1:9/v1", prices: { gold: { input: 1000, output: 5000 } } }
`;
const SUITE = `
  dear:
    dataset: dear.golden.yaml
    targets: [{ name: dear, prompt: prompts/dear.prompty, model: dear/gold }]
    evaluators: [{ contains: order }]
`;

describe('journey: a run that costs', function () {
  this.timeout(120_000);
  before(needsWorkbench);

  it('is asked about with what it will probably cost, and does not begin without a yes', async () => {
    await using workbench = await Workbench.open();
    const { page, folder } = workbench;
    const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
    write('prompts/dear.prompty', '---\nname: dear\n---\nsystem:\nAnswer.\n\nuser:\n{{question}}\n');
    write(
      'dear.golden.yaml',
      'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: { question: Where is it? } }]\n',
    );
    const config = readFileSync(path.join(folder, 'touchstone.yaml'), 'utf8');
    write('touchstone.yaml', PROVIDER + config.replace(/^suites:\n/m, `suites:${SUITE}\n`));

    await workbench.openFile('dear.prompty');
    const run = page.locator('.codelens-decoration a', { hasText: 'Run' }).first();
    await run.waitFor();
    await run.click();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: 'Run dear for about $' }).waitFor();
    await dialog.filter({ hasText: 'dear.golden.yaml: 1 trial,' }).waitFor();
    await workbench.screenshot('run-cost');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await workbench.runCommand('Touchstone: Re-run Failed');
    await workbench.notification('There are no runs yet.');
  });
});
