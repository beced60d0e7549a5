import { before, beforeEach, describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

/** Every other trial goes wrong; a judge, which nothing answers for, looks at what is right. Its calls are made
 * however many failed before: an open breaker would be waited for. */
const FILES = {
  'touchstone.yaml': `providers:
  nobody: { base_url: http://127.0.0.1:1/v1, resilience: { breaker: false } }
suites:
  judged:
    dataset: greetings.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [equals, { rubric: { criteria: polite, model: nobody/judge } }]
`,
  'agent.mjs': `import { readFileSync } from 'node:fs';
const { input, trial } = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ output: trial === 1 ? 'No.' : 'Good day, ' + input + '.' }));
`,
  'greetings.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: ada, input: Ada, expected_output: { answer: "Good day, Ada." } }
`,
};

describe('journey: the ways to run from the Test Explorer', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder(FILES);
  });

  it('without a judge, several times, and on every save', async () => {
    await using workbench = await Workbench.open({ folder, settings: { 'files.autoSave': 'off' } });
    const { page } = workbench;
    // The editor has no such view before it knows of a test.
    await workbench.openFile('greetings.golden.yaml');
    await page.locator('.testing-run-glyph').first().waitFor();
    await workbench.runCommand('Testing: Focus on Test Explorer View');
    const explorer = page.locator('.test-explorer');
    const suite = explorer.locator('.monaco-list-row', { hasText: 'judged' }).first();
    const state = (name: string) => suite.locator(`.codicon-testing-${name}-icon`);
    const menu = page.locator('.monaco-menu');
    // A menu that has only just opened takes no click.
    const chooseOf = async (item: string) => {
      await suite.click({ button: 'right' });
      await eventually(async () => {
        await menu.locator('.action-item', { hasText: item }).click({ timeout: 2_000 });
        await menu.waitFor({ state: 'detached', timeout: 2_000 });
      });
    };
    const runWith = async (profile: string) => {
      await chooseOf('Execute Using Profile');
      await workbench.choices.filter({ hasText: profile }).first().waitFor();
      await workbench.quickInput.locator('input').first().fill(profile);
      await workbench.accept(profile);
    };
    await suite.waitFor();

    await runWith('Run without Judge');
    await state('passed').waitFor();
    await workbench.screenshot('profile-unjudged');

    await runWith('Run with Repeats');
    await workbench.quickInput.getByText('Number of trials per case').waitFor();
    await workbench.quickInput.locator('input').first().fill('2');
    await page.keyboard.press('Enter');
    await state('failed').waitFor();
    await workbench.screenshot('profile-repeats');

    await chooseOf('Turn on Continuous Run');
    await workbench.openFile('greetings.golden.yaml');
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# looked at');
    await page.keyboard.press('Control+s');
    // The judge is asked again, and nothing answers.
    await state('error').waitFor();
    await workbench.screenshot('profile-continuous');
  });
});
