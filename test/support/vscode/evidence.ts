import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

const root = path.join(import.meta.dirname, '..', '..', '..');
/** Git ignores it. */
const FOLDER = path.join(root, 'screenshots', 'failed');
/** Of this process alone: journeys run in two lanes. */
const LATEST = path.join(FOLDER, `latest-${process.pid}`);

/** Keeps how a workbench looked at its end, and what it had told the person. */
export async function keepEvidence(page: Page): Promise<void> {
  mkdirSync(LATEST, { recursive: true });
  const picture = (name: string) => page.screenshot({ path: path.join(LATEST, `${name}.png`) });
  try {
    await picture('end');
    await page.locator('[id="status.notifications"]').click({ timeout: 1_000 });
    await picture('notifications');
  } catch {
    // A page that cannot be shown any more is evidence too.
  }
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
