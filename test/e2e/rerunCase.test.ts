import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openReport, openViews, runSuite } from './steps.ts';

/** What the agent says is right as soon as there is a file outside of the workspace. */
const filesWith = (sign: string) => ({
  'touchstone.yaml': `suites:
  weather:
    dataset: weather.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: sunny }]
    gate: { min_pass_rate: 1 }
`,
  'agent.mjs': `import { existsSync, readFileSync } from 'node:fs';
const { input } = JSON.parse(readFileSync(0, 'utf8'));
const right = input === 'Rome' || existsSync(${JSON.stringify(sign)});
process.stdout.write(JSON.stringify({ output: right ? 'sunny' : 'unknown' }));
`,
  'weather.golden.yaml': `schema_version: 2.0.0
version: 1.0.0
metadata: { name: weather }
test_cases:
  - { id: rome, input: Rome, complexity: simple }
  - { id: oslo, input: Oslo, complexity: simple }
`,
});

describe('journey: run a case again', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  let sign = '';
  beforeEach(() => {
    sign = path.join(temporaryFolder(), 'up');
    folder = temporaryFolder(filesWith(sign));
  });

  it('brings the open report up to date, head and row, and stays the same run everywhere', async () => {
    await using workbench = await Workbench.open({ folder, viewport: { width: 1280, height: 800 } });
    const { page } = workbench;
    await openViews(workbench);
    await runSuite(workbench, 'weather');
    const report = await openReport(workbench, '1 of 2 passed');
    await report.getByRole('heading', { name: 'Gate failed' }).waitFor();

    writeFileSync(sign, '');
    await report.locator('[role=row]', { hasText: 'oslo' }).click();
    await report.getByRole('button', { name: 'Run again' }).click();
    await report.getByRole('heading', { name: 'Gate passed' }).waitFor();
    await report.getByText('Includes 1 result of cases run again').waitFor();
    await report.locator('case-drawer').getByText('previously failed').waitFor();
    await page.locator('.monaco-list-row', { hasText: '2 of 2 passed' }).first().waitFor();
    await workbench.screenshot('weather-again');
    if ((await page.locator('.tab', { hasText: 'weather' }).count()) !== 1)
      throw new Error('a second report was opened');
    if ((await page.locator('.monaco-list-row', { hasText: '1 of 1 passed' }).count()) !== 0)
      throw new Error('the case is a run of its own');
  });
});
