import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRunning } from './processIdentity.ts';

/** A process that cannot be seen, as in another container, may still use its folder for so long, in milliseconds. */
const STALE_MS = 10 * 60_000;

/**
 * Creates a folder for one process, readable only by this user, and removes folders of the same kind left behind by
 * killed processes. `kind` is the prefix of its name.
 */
export function makeScratchFolder(parent: string, kind: string): string {
  const made = mkdtempSync(path.join(parent, `${kind}-${process.pid}-`));
  const now = lstatSync(made).mtimeMs;
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${kind}-(\\d+)-[^-]{6}$`).exec(name)?.[1];
    if (pid !== undefined && isRunning(Number(pid), null) === false)
      removeStale(path.join(parent, name), now);
  }
  return made;
}

/** Never through a link, and nothing of another user's. */
function removeStale(folder: string, now: number): void {
  const entry = lstatSync(folder, { throwIfNoEntry: false });
  if (!entry?.isDirectory() || now - entry.mtimeMs < STALE_MS) return;
  if (process.platform !== 'win32' && entry.uid !== os.userInfo().uid) return;
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Whoever starts next tries again.
  }
}
