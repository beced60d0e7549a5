import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { caseLines } from '../engineProcess/workspaces.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';
import { openViews, runSuite } from './steps.ts';

/** Answers the first three calls at once; the others wait for the file `go`. Tells who called it. */
const AGENT = `import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const { input } = JSON.parse(readFileSync(0, 'utf8'));
writeFileSync('engine.pid', String(process.ppid));
appendFileSync('calls', 'x');
const wait = setInterval(() => {
  if (readFileSync('calls', 'utf8').length > 3 && !existsSync('go')) return;
  clearInterval(wait);
  process.stdout.write(JSON.stringify({ output: String(input) }));
}, 20);
`;

const FILES = {
  'touchstone.yaml': `suites:
  steady:
    dataset: steady.golden.jsonl
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: right }]
    max_concurrency: 1
`,
  'agent.mjs': AGENT,
  'steady.golden.jsonl': caseLines(8),
};

describe('journey: the engine dies in the middle of a run', function () {
  this.timeout(180_000);
  before(needsWorkbench);
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder(FILES);
  });

  it('says so once, offers to resume, and runs only what is missing', async () => {
    await using workbench = await Workbench.open({ folder });
    const { page } = workbench;
    const file = (name: string) => path.join(workbench.folder, name);
    await openViews(workbench);
    await runSuite(workbench, 'steady');
    await page.locator('.statusbar-item', { hasText: 'steady 3/8' }).waitFor();
    process.kill(Number(readFileSync(file('engine.pid'), 'utf8')), 'SIGKILL');
    await page.locator('.monaco-list-row', { hasText: 'interrupted at 3 of 8' }).first().waitFor();
    const notice = await workbench.notification('The engine crashed during a run');
    await workbench.screenshot('crash-notice');
    assert.equal(await page.locator('.notification-list-item', { hasText: 'steady' }).count(), 0);

    writeFileSync(file('go'), '');
    await notice.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.monaco-list-row', { hasText: '6 of 8 passed' }).first().waitFor();
    await workbench.screenshot('crash-resumed');
    // Three before, the one that the engine died over, and the five that were missing.
    assert.equal(readFileSync(file('calls'), 'utf8').length, 9);
  });

  it('offers to compare again where a comparison was under way, which cannot be resumed', async () => {
    await using workbench = await Workbench.open({ folder });
    const file = (name: string) => path.join(workbench.folder, name);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: workbench.folder,
      });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '-m', 'x');
    writeFileSync(file('agent.mjs'), `${AGENT}// as before\n`);
    await openViews(workbench);
    await workbench.runCommand('Touchstone: Compare with HEAD');
    const page = await workbench.webview('touchstone-comparison');
    // Both sides call at once: the third call may see the fourth, and wait as well.
    await page.getByRole('heading', { name: /Comparing: [1-9]\d* of 16\b/ }).waitFor();
    // The baseline's agent runs in a folder of its own, and may have been called first.
    const pid = await eventually(() => readFileSync(file('engine.pid'), 'utf8'));
    process.kill(Number(pid), 'SIGKILL');
    await page.getByRole('button', { name: 'Compare again' }).waitFor();
    const notice = await workbench.notification('The engine crashed during a comparison');
    await workbench.screenshot('crash-comparison');
    assert.equal(await notice.getByRole('button', { name: 'Resume' }).count(), 0);
  });
});
