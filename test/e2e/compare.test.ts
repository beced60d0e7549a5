import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

const CASES = 24;

const filesOf = (cases: number, text: (at: number) => string) => ({
  'touchstone.yaml': `suites:
  polite:
    dataset: x.golden.jsonl
    targets: [{ name: prompt, echo: ask.prompty }]
    evaluators: [{ contains: please }]
    gate: { no_regression: [critical] }
`,
  'x.golden.jsonl': `${[
    '{"schema_version":"2.0.0","version":"1.0.0"}',
    ...Array.from({ length: cases }, (_, at) =>
      JSON.stringify({ id: `c${at}`, input: { text: text(at) }, tags: [at < 3 ? 'critical' : 'usual'] }),
    ),
  ].join('\n')}\n`,
  'ask.prompty': '---\nname: ask\n---\nuser:\nplease echo {{text}}\n',
});

function repository(cases: number, text = (at: number) => `hello ${at}`): string {
  const root = temporaryFolder(filesOf(cases, text));
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '-m', 'x'],
  ])
    execFileSync('git', [...identity, ...args], { cwd: root });
  return root;
}

/** Takes the word that the cases look for out of the prompt, as a person would; nothing is saved. */
async function editPrompt(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.openFile('ask.prompty');
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+Delete');
}

/** The panel's page; a frame may be there before its page is. */
function panel({ page }: Workbench): Promise<Frame> {
  return eventually(async () => {
    for (const frame of page.frames()) {
      const count = await frame.locator('touchstone-comparison').count();
      if (count > 0) return frame;
    }
    throw new Error('the panel is not there');
  });
}

describe('journey: is the edit of a prompt better?', function () {
  this.timeout(180_000);
  const folder = repository(CASES);
  before(needsWorkbench);
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('compares with HEAD by the palette, and shows what the command line says', async () => {
    await using workbench = await Workbench.open({ folder });
    const { page } = workbench;
    await editPrompt(workbench);
    await workbench.runCommand('Touchstone: Compare with HEAD');
    const frame = await panel(workbench);
    await frame.getByRole('heading', { name: 'Worse' }).waitFor();
    await workbench.screenshot('compare-verdict-dark');

    const { code } = await touchstone(workbench.folder, 'compare', '-o', 'report.json');
    assert.equal(code, 1);
    const report = JSON.parse(readFileSync(path.join(workbench.folder, 'report.json'), 'utf8'));
    const [{ verdict, gate, counts }] = report.comparisons;
    const head = frame.locator('verdict-head');
    for (const text of [verdict.reason, ...verdict.evidence, gate.clauses[0].reason])
      await head.getByText(text).first().waitFor();
    const shown = await frame.locator('case-filters .shown').textContent();
    assert.equal(shown?.replace(/\s+/g, ' ').trim(), `${counts.degraded} of ${counts.pairs} cases`);

    await frame.locator('case-table [role=row][aria-rowindex="2"]').click();
    const drawer = frame.locator('pair-drawer');
    await drawer.locator('del').first().waitFor();
    await workbench.screenshot('compare-case-dark');
    await drawer.getByText('Open in diff editor').click();
    await page.locator('.tab', { hasText: 'baseline ↔ candidate' }).waitFor();
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'echo' }).first().waitFor();
    await workbench.screenshot('compare-diff-dark');
  });

  it('compares by the CodeLens, opens the prompts’ diff, and marks a change as intended', async () => {
    await using workbench = await Workbench.open({ folder, theme: 'Default Light Modern' });
    const { page } = workbench;
    await editPrompt(workbench);
    const lens = page.locator('.codelens-decoration a', { hasText: 'Compare with HEAD' }).first();
    const tab = page.locator('.tab', { hasText: 'HEAD ↔ working tree' });
    // Other lenses come in beside it and move it: a click may miss.
    await eventually(async () => {
      await lens.click({ timeout: 2_000 });
      await tab.waitFor({ timeout: 5_000 });
    });
    const frame = await panel(workbench);
    await frame.getByRole('heading', { name: 'Worse' }).waitFor();
    await workbench.screenshot('compare-verdict-light');

    await frame.locator('case-table [role=row][aria-rowindex="2"]').click();
    await frame.locator('pair-drawer').getByText('Mark as intended…').click();
    const input = workbench.quickInput.locator('input');
    await input.waitFor();
    await input.fill('we are brief now');
    await page.keyboard.press('Enter');
    await frame.locator('pair-drawer .verdict', { hasText: 'we are brief now' }).waitFor();
    await workbench.screenshot('compare-intended-light');
    const dataset = path.join(workbench.folder, 'x.golden.jsonl');
    await eventually(() =>
      assert.match(readFileSync(dataset, 'utf8'), /"intended_change": ?"we are brief now"/),
    );

    await frame.locator('verdict-head').getByRole('button', { name: 'ask.prompty' }).click();
    await page.locator('.tab', { hasText: 'ask.prompty (HEAD ↔ working tree)' }).waitFor();
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'echo' }).first().waitFor();
    await workbench.screenshot('compare-prompt-diff-light');
  });
});

describe('journey: the size of a comparison', function () {
  this.timeout(300_000);
  before(needsWorkbench);

  for (const [cases, word, theme, width] of [
    [5, 'Undecided', 'Default Light Modern', 900],
    [500, 'Worse', 'Default Dark Modern', 1280],
    [10_000, 'Worse', 'Default Light Modern', 1280],
  ] as const) {
    it(`says the same as the command line over ${cases} cases`, async () => {
      // Two of five cases hold the word themselves, and do not change.
      const folder = repository(cases, (at) => (at % 5 < 2 ? `hello ${at}` : `please, hello ${at}`));
      try {
        await using workbench = await Workbench.open({ folder, theme });
        await workbench.page.setViewportSize({ width, height: 800 });
        await editPrompt(workbench);
        await workbench.runCommand('Touchstone: Compare with HEAD');
        const frame = await panel(workbench);
        await frame.getByRole('heading', { name: word }).waitFor({ timeout: 120_000 });
        await workbench.screenshot(`compare-${cases}-cases`);
        await touchstone(workbench.folder, 'compare', '-o', 'report.json');
        const report = JSON.parse(readFileSync(path.join(workbench.folder, 'report.json'), 'utf8'));
        const [{ verdict, counts, metrics }] = report.comparisons;
        assert.equal(counts.degraded, (cases * 2) / 5);
        const head = frame.locator('verdict-head');
        for (const text of [verdict.reason, ...verdict.evidence])
          await head.getByText(text).first().waitFor();
        const [pass] = metrics;
        const line = (await head.locator('tr', { hasText: 'Pass rate' }).first().textContent()) ?? '';
        for (const value of [pass.baseline, pass.candidate])
          assert.ok(line.includes(`${(value * 100).toFixed(1)} %`), line);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
