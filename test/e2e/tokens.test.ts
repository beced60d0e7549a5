import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import type { Locator } from 'playwright-core';
import { Workbench } from '../support/vscode/workbench.ts';
import { needsWorkbench } from './needsWorkbench.ts';

const PROMPT = `---
name: wordy
model: { id: gpt-4o }
---
system:
Please note that you answer questions about orders of a shop.
It is important to note that you must never guess.
In order to answer, look at the policy, and basically cite it.

user:
{{question}}
`;

const SUITE = `
  wordy:
    dataset: wordy.golden.yaml
    targets: [{ name: wordy, prompt: prompts/wordy.prompty }]
    evaluators: [{ contains: order }]
`;
const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases:
  - { id: a, input: { question: Where is my order? } }
  - { id: b, input: { question: Where is order 4711 that I paid for on Monday? } }
`;

describe('journey: tokens and compression', function () {
  this.timeout(180_000);
  before(needsWorkbench);

  it('counts while one types, compresses with a preview, and goes back with one undo', async () => {
    await using workbench = await Workbench.open();
    const { page, folder } = workbench;
    const file = path.join(folder, 'prompts', 'wordy.prompty');
    writeFileSync(file, PROMPT);
    writeFileSync(path.join(folder, 'wordy.golden.yaml'), DATASET);
    const config = path.join(folder, 'touchstone.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^suites:\n/m, `suites:${SUITE}\n`));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');

    await workbench.openFile('wordy.prompty');
    const lens = page.locator('.codelens-decoration', { hasText: 'input per call' }).first();
    await lens.filter({ hasText: 'same as in HEAD' }).waitFor();
    await page.locator('.squiggly-inline-unnecessary, .squiggly-unnecessary').first().waitFor();
    await workbench.screenshot('tokens-lenses');
    await page.locator('.view-lines', { hasText: '≈' }).waitFor();
    assert.match(
      (await lens.textContent()) ?? '',
      /^\D*\d+ tokens with typical values · \$0\.\d+ input per call · .* of 128K · same as in HEAD/,
    );
    await page.locator('.squiggly-inline-unnecessary, .squiggly-unnecessary').first().waitFor();
    await workbench.screenshot('tokens-lenses');

    await goTo(workbench, 6, 1);
    await page.keyboard.type('Be brief. ');
    await lens.filter({ hasText: '+3 since HEAD' }).waitFor();
    await workbench.screenshot('tokens-typed');

    await page.keyboard.press('Control+.');
    const menu = page.locator('.action-widget');
    const safe = menu.locator('.monaco-list-row', { hasText: 'Compress (safe' }).first();
    await safe.waitFor();
    await workbench.screenshot('compress-light-bulb');
    await safe.click();

    await page.locator('.monaco-diff-editor').first().waitFor();
    const offer = await workbench.notification('Compress from 55 to 53 tokens');
    await workbench.screenshot('compress-preview');
    await offer.getByRole('button', { name: 'Apply' }).click();
    await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
    await workbench.openFile('wordy.prompty');
    await lens.filter({ hasText: '+1 since HEAD' }).waitFor();
    assert.doesNotMatch(await editorText(page.locator('.view-lines').first()), /In order to/);
    await workbench.screenshot('compress-applied');

    await page.keyboard.press('Control+z');
    await lens.filter({ hasText: '+3 since HEAD' }).waitFor();
    assert.match(await editorText(page.locator('.view-lines').first()), /In order to/);

    await lens.hover();
    await lens.locator('a').first().click();
    await workbench.choices.filter({ hasText: 'claude-sonnet-4-5' }).first().waitFor();
    await workbench.screenshot('tokens-models');
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+a');
    const status = page.locator('.statusbar-item', { hasText: 'selected' }).filter({ hasText: 'tokens' });
    await status.first().waitFor();
    await workbench.screenshot('tokens-selection');
  });
});

async function goTo(workbench: Workbench, line: number, column: number): Promise<void> {
  await workbench.openPalette(`:${line}:${column}`);
  await workbench.page.keyboard.press('Enter');
  await workbench.quickInput.waitFor({ state: 'hidden' });
}

/** The editor shows spaces as such that do not break. */
async function editorText(lines: Locator): Promise<string> {
  return ((await lines.textContent()) ?? '').replaceAll('\u00a0', ' ');
}
