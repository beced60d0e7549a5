import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder with those above it. Node's own recursive mkdir never comes back where a parent exists that nothing
 * can be made in (/proc), and says "no such folder" of a file system that is read-only. Throws what mkdir throws.
 */
export function makeFolders(folder: string): void {
  const missing: string[] = [];
  let at = path.resolve(folder);
  while (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) {
    missing.push(at);
    const parent = path.dirname(at);
    if (parent === at) break;
    at = parent;
  }
  for (const each of missing.reverse()) makeOne(each);
}

/** Another process may make it at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const exists = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
    if (!exists) throw error;
  }
}
