import { cpSync, existsSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

const root = path.join(import.meta.dirname, '..', '..', '..');
/** Git ignores it. */
const FOLDER = path.join(root, 'screenshots', 'failed');
const LATEST = path.join(FOLDER, 'latest');

/** Keeps how a workbench looked at its end and what its extension host and the engine logged. */
export async function keepEvidence(page: Page, logs: string): Promise<void> {
  mkdirSync(LATEST, { recursive: true });
  await page.screenshot({ path: path.join(LATEST, 'end.png') }).catch(() => {});
  for (const file of globSync('**/*.log', { cwd: logs }))
    cpSync(path.join(logs, file), path.join(LATEST, file.replaceAll(path.sep, '-')));
}

/** Hooks for mocha: the evidence of a journey stays when it failed, also where it is gone through again. */
export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    if (!existsSync(LATEST)) return;
    const { currentTest } = this;
    if (currentTest?.state === 'passed') rmSync(LATEST, { recursive: true });
    else renameSync(LATEST, path.join(FOLDER, `${slug(currentTest?.fullTitle() ?? '')}-${Date.now()}`));
  },
};

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 80);
}
